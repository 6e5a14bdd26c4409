import type { Cell } from '../../src/formats';
import { startCpuClock } from '../support/cpu-time';
import {
  aTable,
  infoOf,
  pagesOf,
  type PlacedWord,
  printed,
  shadesOf,
  textColumn,
  textOf,
  wordsOf,
} from '../support/pdf-tables';
import { describeWith } from '../support/workbooks';

const MARGIN = 40;
const ROUNDING = 0.1;
/** Where it begins on an upright page. */
const FOOTER = 780;
const ONE_COLUMN = { columns: [textColumn('Answer')] };

const word = (words: readonly PlacedWord[], text: string) => words.find((one) => one.text === text)!;

describeWith(['poppler'], 'PdfWriter, for tables: layout', () => {
  it('continues with further columns on further pages and repeats the first ones', async () => {
    const questions = Array.from({ length: 30 }, (_, index) => `Q${index}`);
    const columns = [textColumn('Name'), textColumn('Score'), ...questions.map(textColumn)];
    const rows = Array.from({ length: 60 }, (_, row): Cell[] => {
      return [`Pupil-${row}`, `${row}`, ...questions.map((question) => `answer-${row}-${question} of some words`)];
    });

    const { pdf, pageCount } = await printed(aTable(rows, { columns }));

    const words = await wordsOf(pdf);
    const { 'Page size': size = '' } = await infoOf(pdf);
    const width = Number.parseFloat(size);
    const beyond = words.filter(({ left, right }) => left < MARGIN || right > width - MARGIN + ROUNDING);
    expect(beyond).toEqual([]);
    for (let page = 1; page <= pageCount!; page += 1) {
      const names = words.filter((one) => one.page === page && one.text.startsWith('Pupil-'));
      const answers = words.filter((one) => one.page === page && one.text.startsWith('answer-'));
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) {
        const row = name.text.slice('Pupil-'.length);
        const beside = answers.filter(({ text }) => text.startsWith(`answer-${row}-`));
        expect(beside.length).toBeGreaterThan(0);
        expect(beside.filter(({ top }) => Math.abs(top - name.top) >= 0.5)).toEqual([]);
      }
    }
    const printedAnswers = words.filter(({ text }) => text.startsWith('answer-')).map(({ text }) => text);
    expect(new Set(printedAnswers).size).toBe(60 * 30);
    expect(printedAnswers).toHaveLength(60 * 30);
  });

  it('does not divide a row that a page has room for', async () => {
    const rows = Array.from({ length: 40 }, (_, row): Cell[] => [
      Array.from({ length: 7 }, (_line, line) => `row-${row}-${line}`).join('\n'),
    ]);

    const { pdf } = await printed(aTable(rows, ONE_COLUMN));

    const words = await wordsOf(pdf);
    for (let row = 0; row < 40; row += 1) {
      const lines = words.filter(({ text }) => text.startsWith(`row-${row}-`));
      expect(lines).toHaveLength(7);
      expect(new Set(lines.map(({ page }) => page)).size).toBe(1);
    }
  });

  it('continues a row that is taller than a page', async () => {
    const tall = Array.from({ length: 100 }, (_, line) => `line-${line}`).join('\n');

    const { pdf, pageCount, warnings } = await printed(aTable([[tall], ['after']], ONE_COLUMN));

    const words = (await wordsOf(pdf)).filter(({ text }) => /^(line|after)/.test(text));
    expect(words.map(({ text }) => text)).toEqual([...tall.split('\n'), 'after']);
    expect(pageCount).toBe(2);
    expect(warnings).toEqual([]);
  });

  it('truncates texts of a million characters quickly and warns', async () => {
    const rows = [['x'.repeat(1_000_000)], ['слово '.repeat(200_000)], ['\n'.repeat(1_000_000)], ['short']];
    const cpuMs = startCpuClock();

    const { pdf, pageCount, warnings, warningCodes } = await printed(aTable(rows, ONE_COLUMN));

    expect(cpuMs()).toBeLessThan(5_000);
    expect(pageCount).toBeLessThan(5);
    const places = 'row 1, “Answer”; row 2, “Answer”; row 3, “Answer”';
    expect(warnings).toEqual([`3 cells were too long to print; they are cut: ${places}.`]);
    expect(warningCodes).toEqual(['cell-truncated']);
    const text = await textOf(pdf);
    expect(text).toContain('…');
    expect(text).toContain('short');
    const right = Math.max(...(await wordsOf(pdf)).map((one) => one.right));
    expect(right).toBeLessThanOrEqual(595.28 - MARGIN + ROUNDING);
  });

  it.each(['W', 'ї', '漢', 'ب'])(
    'keeps a title of 5,000 times %s without spaces between the margins',
    async (letter) => {
      const { pdf } = await printed(aTable([['Ada', 1]], { title: letter.repeat(5_000) }));

      const { width, shades } = await shadesOf(pdf, 1);
      const inked = [...shades.keys()].filter((at) => (shades[at] ?? 255) < 128).map((at) => at % width);
      expect(Math.max(...inked)).toBeLessThanOrEqual(width - MARGIN + 1);
      expect(Math.min(...inked)).toBeGreaterThanOrEqual(MARGIN - 2);
    },
  );

  it('survives stacked marks and endless joiners', async () => {
    const rows = [[`e${'\u0301\u0302'.repeat(1_000)}nd`], ['👩‍'.repeat(700)], ['\u200d'.repeat(1_500)], ['plain']];

    const { pdf, warnings } = await printed(aTable(rows, ONE_COLUMN));

    expect(await textOf(pdf)).toContain('plain');
    expect(warnings.join()).toContain('too long to print');
  });

  it('survives marks that its fonts cannot position', async () => {
    const rows = [['i\u08d7'], ['\u0684\u0898'], ['\u062c\u08b4\u077f\u08f0\u0889\u06dc'], ['plain']];

    const { pdf } = await printed(aTable(rows, ONE_COLUMN));

    expect(await textOf(pdf)).toContain('plain');
  });

  it('drops control characters and makes lone surrogates visible', async () => {
    const rows = [['a\u0000b\u0007c\u001b[31m'], ['lone \ud83d surrogate'], ['tab\there'], ['one\r\ntwo\u2028three']];

    const { pdf } = await printed(aTable(rows, ONE_COLUMN));

    const text = await textOf(pdf);
    expect(text).toContain('abc[31m');
    expect(text).toContain('lone � surrogate');
    expect(text).toContain('tab here');
    expect(text).toMatch(/one\ntwo\nthree/);
  });

  it('breaks Chinese anywhere, Thai between words, and long words where necessary', async () => {
    const columns = Array.from({ length: 6 }, (_, index) => textColumn(`C${index}`));
    const texts = [
      '東京は日本の首都である'.repeat(20),
      'ประเทศไทยเป็นประเทศ'.repeat(12),
      'w'.repeat(300),
      'a',
      'b',
      'c',
    ];

    const { pdf } = await printed(aTable([texts], { columns }), { orientation: 'portrait' });

    const words = await wordsOf(pdf);
    const left = (header: string) => word(words, header).left;
    const inColumn = (index: number) =>
      words.filter(
        (one) => one.bottom < FOOTER && one.left >= left(`C${index}`) - 0.5 && one.left < left(`C${index + 1}`) - 0.5,
      );
    for (const index of [0, 1, 2]) {
      const lines = inColumn(index);
      expect(new Set(lines.map(({ top }) => top)).size).toBeGreaterThan(3);
      for (const one of lines) expect(one.right).toBeLessThanOrEqual(left(`C${index + 1}`));
    }
  });

  it('lays out right-to-left languages from the right', async () => {
    const table = aTable([['שרה כהן', -7]], {
      language: 'he',
      title: 'תוצאות',
      columns: [textColumn('שם'), { key: 'score', label: 'ציון', type: 'integer' }],
    });

    const { pdf } = await printed(table);

    const words = await wordsOf(pdf);
    expect(word(words, 'תוצאות').right).toBeCloseTo(595.28 - MARGIN, 0);
    expect(word(words, 'שם').left).toBeGreaterThan(word(words, 'ציון').right);
    expect(word(words, 'שרה').left).toBeGreaterThan(word(words, 'כהן').right);
    expect(word(words, '-7').right).toBeLessThan(word(words, 'כהן').left);
  });

  it.each(['-5.00', '=1', '+49 170 1234567', '72.5 %', '1:01:11', '2026-11-20 11:30'])(
    'shows %s unchanged at the edge of its column in a right-to-left table',
    async (given) => {
      const table = aTable([['שרה כהן', given]], {
        language: 'he',
        facts: [{ label: 'ממוצע', value: given }],
        columns: [textColumn('שם'), textColumn('ציון')],
      });

      const { pdf } = await printed(table);

      const words = await wordsOf(pdf);
      const parts = given.split(' ').map((part) => words.filter(({ text }) => text === part));
      for (const places of [parts.map((found) => found.at(0)!), parts.map((found) => found.at(-1)!)]) {
        const lefts = places.map(({ left }) => left);
        expect(lefts).toEqual([...lefts].sort((one, other) => one - other));
      }
      expect(parts.at(-1)!.at(-1)!.right).toBeCloseTo(word(words, 'ציון').right, 0);
    },
  );

  it('aligns right-to-left cells to the right, with numbers and Latin in order', async () => {
    const table = aTable(
      [['ענה Anna Smith על 123 (טוב)'], ['a rather long answer in the same column as the other']],
      ONE_COLUMN,
    );

    const { pdf } = await printed(table);

    const words = await wordsOf(pdf);
    const places = ['טוב', '123', 'על', 'Anna', 'Smith', 'ענה'].map(
      (text) => words.find((one) => one.text.includes(text))!.left,
    );
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(word(words, 'ענה').right).toBeGreaterThan(500);
    expect(await textOf(pdf)).toContain('טוב');
  });

  it('aligns numbers to the right', async () => {
    const { pdf } = await printed(aTable([['Ada', 7], ['Bob', 12_345]])); // prettier-ignore

    const words = await wordsOf(pdf);
    expect(word(words, '7').right).toBeCloseTo(word(words, '12345').right, 1);
  });

  it('draws every script, and nothing beyond the margins', async () => {
    const { pdf } = await printed(aTable([['Їжак محمد שרה 王 김 हिन्दी ไทย 😀', 1]]));

    const { width, shades } = await shadesOf(pdf, 1);
    const inked = [...shades.keys()].filter((at) => (shades[at] ?? 255) < 128).map((at) => at % width);
    expect(inked.length).toBeGreaterThan(300);
    expect(Math.min(...inked)).toBeGreaterThanOrEqual(MARGIN - 1);
    expect(Math.max(...inked)).toBeLessThanOrEqual(width - MARGIN + 1);
  });

  it('fits every page to its paper, whatever the title and the facts', async () => {
    const facts = Array.from({ length: 80 }, (_, index) => ({ label: `Fact ${index}`, value: `Value-${index}` }));

    const { pdf } = await printed(aTable([['Ada', 1]], { title: 'word '.repeat(500), facts }));

    const words = await wordsOf(pdf);
    expect(Math.max(...words.map(({ bottom }) => bottom))).toBeLessThan(841.89 - MARGIN / 2);
    expect(words.filter(({ text }) => text.startsWith('Value-'))).toHaveLength(80);
    expect((await pagesOf(pdf)).at(-1)).toContain('Ada');
  });
});
