import { findCatalogueErrors } from '../../../platform/messages/message-catalogue';
import { type Language, LANGUAGES } from '../../model/domain/language';
import { type CompletedFacts, type FailedFacts, type PausedFacts, MAIL_CATALOGUE, renderMail } from './mail-template';

const LINK = 'https://exports.example.com/api/v1/exports/1/download?expires=1&signature=a';
const RECORD = 'https://exports.example.com/api/v1/exports/1';

function completed(traits: Partial<CompletedFacts> = {}): CompletedFacts {
  return {
    event: 'completed',
    subject: 'data',
    fileName: 'Transactions.csv',
    size: 5_812_345,
    amount: { count: 12_345, unit: 'rows' },
    warnings: 0,
    link: LINK,
    oneTime: false,
    until: new Date('2026-12-02T08:05:00Z'),
    ...traits,
  };
}

const failed: FailedFacts = {
  event: 'failed',
  subject: 'board',
  format: 'pdf',
  requestedAt: new Date('2026-11-25T08:05:00Z'),
  reason: 'The board could not be read',
  link: RECORD,
};

const paused: PausedFacts = {
  event: 'paused',
  name: 'Nightly',
  reason: 'The bucket is gone',
  failures: 5,
  isRightEnded: false,
  owner: null,
  link: 'https://exports.example.com/api/v1/exports/scheduled/2',
};

describe('Mail catalogue', () => {
  it('has the same messages and parameters in all languages', () => {
    expect(findCatalogueErrors(MAIL_CATALOGUE)).toEqual([]);
  });
});

describe('Mail about a completed export', () => {
  it('states the export, its size and its expiry', () => {
    const { subject, text } = renderMail(completed(), 'en');

    expect(subject).toBe('Your export is ready: Transactions.csv');
    expect(text.replaceAll('\u202F', ' ')).toBe(
      [
        'Your export is ready\n',
        'The file that you requested is ready.\n',
        'File: Transactions.csv',
        'Content: Data, 12,345 rows',
        'Size: 5.8 MB',
        'Available until: December 2, 2026 at 8:05 AM UTC\n',
        'Download the file:',
        `${LINK}\n`,
        'Anyone with this link can download the file. Share it with care.\n',
        '-- ',
        'You receive this mail because an export was requested in your name. It was sent automatically; please do not reply.\n',
      ].join('\n'),
    );
  });

  it.each<[Language, number, string]>([
    ['en', 1, '1 row'],
    ['uk', 1, '1 рядок'],
    ['uk', 3, '3 рядки'],
    ['uk', 11, '11 рядків'],
    ['ru', 21, '21 строка'],
    ['ru', 22, '22 строки'],
    ['ru', 25, '25 строк'],
  ])('counts in %s: %d', (language, count, output) => {
    expect(renderMail(completed({ amount: { count, unit: 'rows' } }), language).text).toContain(`, ${output}\n`);
  });

  it.each<[Language, number, RegExp]>([
    ['en', 0, /^0 bytes$/],
    ['en', 999, /^999 bytes$/],
    ['en', 1_000, /^1 kB$/],
    ['en', 999_990, /^1 MB$/],
    ['uk', 5_812_345, /^5,8\sМБ$/],
    ['ru', 7_400_000_000_000, /^7,4\sТБ$/],
    ['en', 7_400_000_000_000_000, /^7,400 TB$/],
  ])('formats sizes in %s: %d', (language, size, output) => {
    const { text } = renderMail(completed({ size }), language);

    expect(/^(?:Size|Розмір|Размер): (.*)$/m.exec(text)![1]).toMatch(output);
  });

  it('has a button with the unchanged URL of the file', () => {
    expect(renderMail(completed(), 'en').html).toContain(`href="${LINK.replace('&', '&amp;')}"`);
  });

  it('lists one or many warnings', () => {
    expect(renderMail(completed({ warnings: 1 }), 'en').text).toContain('1 warning: something');
    expect(renderMail(completed({ warnings: 3 }), 'ru').text).toContain('3 предупреждения:');
  });

  it.each(LANGUAGES)('links to the record of a one-time file, not to the file, in %s', (language) => {
    const { text, html } = renderMail(completed({ oneTime: true, link: RECORD }), language);

    expect(text).toContain(RECORD);
    expect(html).not.toContain('<a ');
  });

  it('contains nothing that is loaded or executed', () => {
    const { html } = renderMail(completed(), 'en');

    expect(html).not.toMatch(/<(img|script|link|iframe|style)\b|url\(/i);
  });
});

describe('Mail about a failed export', () => {
  it('states the export and the reason', () => {
    const { subject, text } = renderMail(failed, 'uk');

    expect(subject).toBe('Не вдалося виконати експорт (Дошка, PDF)');
    expect(text).toContain('Причина: The board could not be read\n');
    expect(text).toContain(RECORD);
  });
});

describe('Mail about a paused schedule', () => {
  it('states the reason and what to do', () => {
    const { subject, text } = renderMail(paused, 'en');

    expect(subject).toBe('Your scheduled export is paused: Nightly');
    expect(text).toContain('“Nightly” failed 5 times in a row and has been paused.');
    expect(text).toContain('Reason: The bucket is gone\n');
    expect(text).toContain('resume it');
    expect(text).toContain(paused.link);
  });
});

describe('Mail with a hostile name', () => {
  const hostile = [
    `<script>alert(1)</script>"'&`,
    'a\r\nBcc: eve@example.com',
    'a\u2028b\u2029c\u0085d\0e',
    'report\u202Efdp.exe',
    'half \uD83D of a pair',
    '{reason} {name} $& $1',
    '‎👩‍👩‍👧‍👦 Привіт 你好',
    'x'.repeat(5_000),
  ];

  it.each(hostile)('keeps the name on one line of the subject and as text in the HTML: %j', (name) => {
    for (const facts of [
      completed({ fileName: name }),
      { ...paused, name, reason: name },
      { ...failed, reason: name },
    ]) {
      const { subject, text, html } = renderMail(facts, 'en');

      expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029\u202E]/u);
      expect(subject.length).toBeLessThan(200);
      expect(`${subject}${text}${html}`.isWellFormed()).toBe(true);
      expect(text).not.toMatch(/^Bcc:/m);
      expect(html).not.toContain('<script');
    }
  });

  it('keeps a harmless name unchanged', () => {
    const name = '👩‍👩‍👧‍👦 Привіт – {name} & 你好.pdf';

    expect(renderMail(completed({ fileName: name }), 'en').subject).toBe(`Your export is ready: ${name}`);
  });

  it('never truncates within a grapheme', () => {
    const { subject } = renderMail(completed({ fileName: `${'x'.repeat(115)}👩‍👩‍👧‍👦.pdf` }), 'en');

    expect(subject).toBe(`Your export is ready: ${'x'.repeat(115)}…`);
  });
});

describe('Mail about a schedule whose owner is no longer an administrator', () => {
  const ended: PausedFacts = {
    ...paused,
    isRightEnded: true,
    failures: 0,
    reason: 'Its owner is not an administrator',
  };

  it('tells the owner what to do and does not mention failures', () => {
    const { subject, text } = renderMail(ended, 'en');

    expect(subject).toBe('Your scheduled export is paused: Nightly');
    expect(text).toContain('“Nightly” needs administrator rights and has been paused.');
    expect(text).toContain('Reason: Its owner is not an administrator');
    expect(text).not.toMatch(/failed|\b0\b/);
  });

  it('tells administrators who owns the schedule', () => {
    const { subject, text } = renderMail({ ...ended, owner: 'ann\n17' }, 'en');

    expect(subject).toBe('A scheduled export of another user is paused: Nightly');
    expect(text).toContain('Owner: ann 17\nReason: Its owner is not an administrator\n');
    expect(text).toContain('You receive this mail because you are an administrator.');
  });

  it.each(LANGUAGES)('is complete in %s', (language) => {
    for (const owner of [null, 'ann']) {
      const { subject, text, html } = renderMail({ ...ended, owner }, language);

      expect(`${subject}${text}${html}`).not.toMatch(/[{}]|undefined/);
      expect(subject).toContain('Nightly');
      expect(text).toContain('Nightly');
    }
  });
});
