import { type FormatMessage, MessageCatalogue } from '../../../platform/messages/message-catalogue';
import type { Language } from '../../model/domain/language';
import en from './messages/en.json';
import ru from './messages/ru.json';
import uk from './messages/uk.json';

/** The data of a mail, before it is put into words. Names and reasons may be any text. */
export type MailFacts = CompletedFacts | FailedFacts | PausedFacts | TestFacts;

const SUBJECTS = ['board', 'boards', 'data', 'event'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** What mails call an export of this kind: data by default. */
export function toSubject(kind: string): Subject {
  return SUBJECTS.find((subject) => subject === kind) ?? 'data';
}

export interface CompletedFacts {
  readonly event: 'completed';
  readonly subject: Subject;
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  /** The amount of content; `null` if it was not counted. */
  readonly amount: { readonly count: number; readonly unit: 'rows' | 'pages' } | null;
  readonly warnings: number;
  /** The URL of the file; for a one-time file that of its record, because mail scanners open links. */
  readonly link: string;
  readonly oneTime: boolean;
  readonly until: Date | null;
}

export interface FailedFacts {
  readonly event: 'failed';
  readonly subject: Subject;
  /** Such as `csv`. */
  readonly format: string;
  readonly requestedAt: Date;
  readonly reason: string;
  /** The URL of the record. */
  readonly link: string;
}

export interface PausedFacts {
  readonly event: 'paused';
  /** Of the schedule. */
  readonly name: string;
  readonly reason: string;
  /** The number of failures in a row. */
  readonly failures: number;
  /** Whether it was paused because its owner is no longer an administrator, and not by failures. */
  readonly isRightEnded: boolean;
  /** The owner of the schedule in a mail to an administrator; else `null`. */
  readonly owner: string | null;
  /** The URL of the schedule; `null` if it is unknown. */
  readonly link: string | null;
}

/** A message that a user requested to see whether it arrives. */
export interface TestFacts {
  readonly event: 'test';
}

/** The messages of mails in each language. */
export const MAIL_CATALOGUE = { en, uk, ru };

type MailMessage = keyof typeof en;

const MAIL_MESSAGES = new MessageCatalogue<Language, MailMessage>(MAIL_CATALOGUE);

/** A mail as text and as HTML. */
export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Renders a mail as plain text and as HTML. */
export function renderMail(facts: MailFacts, language: Language): RenderedMail {
  const content = contentOf(facts, language);
  return { subject: content.subject, text: renderText(content), html: renderHtml(content) };
}

type Format = FormatMessage<MailMessage>;

function contentOf(facts: MailFacts, language: Language): MailContent {
  const format = MAIL_MESSAGES.formatterFor(language);
  const common = { language, footer: format('footer') };
  switch (facts.event) {
    case 'completed':
      return { ...common, ...completedContent(facts, language, format) };
    case 'failed':
      return { ...common, ...failedContent(facts, language, format) };
    case 'paused':
      return { ...common, ...pausedContent(facts, format) };
    case 'test':
      return { ...common, ...testContent(format) };
  }
}

type EventContent = Omit<MailContent, 'language' | 'footer'> & Partial<Pick<MailContent, 'footer'>>;

function completedContent(facts: CompletedFacts, language: Language, format: Format): EventContent {
  const { fileName, size, amount, warnings, link, oneTime, until, subject } = facts;
  const name = lineOf(fileName);
  const content = [format(`subject.${subject}`), ...(amount ? [format(amount.unit, { count: amount.count })] : [])];
  return {
    subject: format('completed.subject', { name }),
    title: format('completed.title'),
    intro: format(oneTime ? 'completed.oneTimeIntro' : 'completed.intro'),
    facts: [
      [format('file'), name],
      [format('content'), content.join(', ')],
      [format('size'), sizeText(size, language)],
      ...(until ? [[format('availableUntil'), momentText(until, language)] as const] : []),
      ...(oneTime ? [[format('record'), link] as const] : []),
    ],
    button: oneTime ? null : { label: format('completed.button'), link },
    notes: [
      ...(warnings > 0 ? [format('completed.warnings', { count: warnings })] : []),
      format(oneTime ? 'completed.oneTimeNote' : 'completed.linkNote'),
    ],
  };
}

function testContent(format: Format): EventContent {
  return {
    subject: format('test.subject'),
    title: format('test.title'),
    intro: format('test.intro'),
    facts: [],
    button: null,
    notes: [format('test.advice')],
    footer: format('test.footer'),
  };
}

function failedContent(facts: FailedFacts, language: Language, format: Format): EventContent {
  const subject = format(`subject.${facts.subject}`);
  const fileFormat = lineOf(facts.format).toUpperCase();
  return {
    subject: format('failed.subject', { what: `${subject}, ${fileFormat}` }),
    title: format('failed.title'),
    intro: format('failed.intro'),
    facts: [
      [format('content'), subject],
      [format('format'), fileFormat],
      [format('requested'), momentText(facts.requestedAt, language)],
      [format('reason'), reasonLine(facts.reason)],
      [format('record'), facts.link],
    ],
    button: null,
    notes: [format('failed.advice')],
  };
}

function pausedContent(facts: PausedFacts, format: Format): EventContent {
  const { reason, failures, isRightEnded, owner, link } = facts;
  const event = owner !== null ? 'pausedOfOther' : isRightEnded ? 'rightEnded' : 'paused';
  const name = lineOf(facts.name);
  return {
    subject: format(`${event}.subject`, { name }),
    title: format(`${event}.title`),
    intro: format(`${event}.intro`, { name, count: failures }),
    facts: [
      ...(owner === null ? [] : [[format('owner'), lineOf(owner)] as const]),
      [format('reason'), reasonLine(reason)],
      ...(link === null ? [] : [[format('schedule'), link] as const]),
    ],
    button: null,
    notes: [format(`${event}.advice`)],
    ...(owner !== null && { footer: format('pausedOfOther.footer') }),
  };
}

function renderText({ title, intro, facts, button, notes, footer }: MailContent): string {
  const parts = [
    title,
    intro,
    facts.map(([label, value]) => `${label}: ${value}`).join('\n'),
    ...(button ? [`${button.label}:\n${button.link}`] : []),
    ...notes,
    `-- \n${footer}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The content of a mail, before it is rendered as text and HTML. */
export interface MailContent {
  readonly language: Language;
  readonly subject: string;
  readonly title: string;
  readonly intro: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly button: { readonly label: string; readonly link: string } | null;
  readonly notes: readonly string[];
  readonly footer: string;
}

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const MUTED = 'color:#64748b';

/** Renders a mail as a page of one column, without images or any other external resource. */
export function renderHtml({ language, title, intro, facts, button, notes, footer }: MailContent): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
</head>
<body style="margin:0;padding:0;background:#f1f5f9">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f1f5f9"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border:1px solid #e2e8f0;border-radius:12px"><tr><td style="padding:32px;${FONT};font-size:16px;line-height:1.5;color:#0f172a;overflow-wrap:anywhere;word-break:break-word">
<h1 style="margin:0 0 12px;font-size:22px;line-height:1.3;font-weight:600">${escaped(title)}</h1>
<p style="margin:0 0 20px" dir="auto">${escaped(intro)}</p>
<table role="presentation" cellpadding="0" cellspacing="0" width="100%" style="margin:0 0 24px;border-collapse:collapse;font-size:15px">
${facts.map(([label, value]) => factRow(label, value)).join('\n')}
</table>
${button ? buttonOf(button) : ''}
${notes.map((note) => `<p style="margin:0 0 12px;font-size:14px">${escaped(note)}</p>`).join('\n')}
<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #e2e8f0;font-size:12px;${MUTED}">${escaped(footer)}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

function factRow(label: string, value: string): string {
  const cell = 'padding:8px 0;border-bottom:1px solid #e2e8f0;vertical-align:top';
  return (
    `<tr><td style="${cell};padding-right:16px;white-space:nowrap;${MUTED}">${escaped(label)}</td>` +
    `<td style="${cell};width:100%" dir="auto">${escaped(value)}</td></tr>`
  );
}

function buttonOf({ label, link }: NonNullable<MailContent['button']>): string {
  const look =
    'display:inline-block;padding:12px 20px;border-radius:8px;background:#2563eb;color:#ffffff;font-weight:600;text-decoration:none';
  return `<p style="margin:0 0 20px"><a href="${escaped(link)}" style="${look}">${escaped(label)}</a></p>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text for an element or a quoted attribute. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const MAX_NAME_LENGTH = 120;
const MAX_REASON_LENGTH = 1_000;

const CHARACTERS = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Control characters, line ends of every kind, and characters that change the text direction. */
const BREAKS_OUT = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202A-\u202E\u2066-\u2069\s]+/gu;

/** Converts a name to one line, and truncates it. */
export function lineOf(name: string, longest = MAX_NAME_LENGTH): string {
  const line = name.replace(BREAKS_OUT, ' ').trim();
  if (line.length <= longest) return line;
  // Between graphemes, so that no visible character is cut.
  const { index: end } = CHARACTERS.segment(line).containing(longest) ?? { index: longest };
  return `${line.slice(0, end > 0 ? end : longest).trim()}…`;
}

export function reasonLine(reason: string): string {
  return lineOf(reason, MAX_REASON_LENGTH);
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** Such as `5.8 MB`, with decimal units. */
export function sizeText(bytes: number, language: Language): string {
  // A value that rounds to 1,000 of a unit is 1 of the next.
  const power = UNITS.findIndex((_, index) => bytes / 1000 ** index < 999.95);
  const unit = power === -1 ? UNITS.length - 1 : power;
  const format = { style: 'unit', unit: UNITS[unit], maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(language, { ...format, unitDisplay: unit === 0 ? 'long' : 'short' }).format(
    bytes / 1000 ** unit,
  );
}

export function momentText(moment: Date, language: Language): string {
  const format = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const;
  return `${new Intl.DateTimeFormat(language, format).format(moment)} UTC`;
}
