import type { Cell } from '../../src/formats';
import { aTable, infoOf, pagesOf, printed, textColumn, textOf, wordsOf } from '../support/pdf-tables';
import { describeWith } from '../support/workbooks';

const NAMES = [
  'Renée O’Connor-Smith',
  'Оксана Їжакевич',
  'Ελένη Παπαδοπούλου',
  'محمد عبد الله',
  'فاطمة باتب ثابت',
  'שרה כהן',
  '王小明白',
  '山田さくら',
  '김민수',
  'हिन्दी शर्मा',
  'क्षत्रिय श्री',
  'สมชาย ใจดี',
  'Nguyễn Thị Hồng',
  'Արամ Խաչատրյան',
  'გიორგი მაისურაძე',
  'አበበ ቢቂላ',
];

/** They are drawn; in which order of letters a reader of files tells them is up to it. */
const SHAPED = [
  'অনন্যা বসু',
  'தமிழ்செல்வி',
  'తెలుగు రావు',
  'ગુજરાતી પટેલ',
  'ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ',
  'ಕನ್ನಡ ಗೌಡ',
  'മലയാളം നായർ',
  'සිංහල පෙරේරා',
  'ខ្មែរ សុខ',
  'မြန်မာ အောင်',
  'ລາວ ສົມສີ',
];

const many = (count: number, cell: (index: number) => string = (index) => `Pupil-${index}`) =>
  Array.from({ length: count }, (_, index): Cell[] => [cell(index), index]);

describeWith(['poppler'], 'PdfWriter, for tables', () => {
  it.each(NAMES)('writes text that a search for %s finds', async (name) => {
    const { pdf, warnings } = await printed(aTable([['Ada', 1], ...NAMES.map((other) => [other, 2]), [name, 3]]));

    expect(await textOf(pdf)).toContain(name);
    expect(warnings).toEqual([]);
  });

  it('shows names in the scripts of South and South-East Asia', async () => {
    const { warnings } = await printed(aTable(SHAPED.map((name) => [name, 1])));

    expect(warnings).toEqual([]);
  });

  it('omits columns that are for programs', async () => {
    const table = aTable([['Ada', 'f81d4fae', 3]], {
      columns: [textColumn('Name'), { ...textColumn('Id'), isForPrograms: true }, textColumn('Points')],
    });

    const text = await textOf((await printed(table)).pdf);

    expect(text).toContain('Ada');
    expect(text).not.toMatch(/f81d4fae|Id/);
  });

  it('keeps similar ideographs and radicals distinct for a search', async () => {
    const { pdf } = await printed(aTable([['⽩板 radical', 1], ['白板 ideograph', 2]])); // prettier-ignore

    const text = await textOf(pdf);
    expect(text).toContain('⽩板 radical');
    expect(text).toContain('白板 ideograph');
  });

  it('finds a pointed Hebrew or Arabic name by its letters', async () => {
    const { pdf } = await printed(aTable([['מֹשֶׁה', 1], ['مُحَمَّد', 2]])); // prettier-ignore

    const text = await textOf(pdf);
    expect(text).toContain('משה');
    expect(text).toContain('محمد');
  });

  it('finds each of two thousand ideographs', async () => {
    const ideographs = Array.from({ length: 2_000 }, (_, index) => String.fromCodePoint(0x4e00 + index));
    const rows = Array.from({ length: 100 }, (_, row) => [ideographs.slice(row * 20, row * 20 + 20).join(''), row]);

    const { pdf, warnings } = await printed(aTable(rows));

    const text = await textOf(pdf);
    for (const [words] of rows) expect(text).toContain(words);
    expect(warnings).toEqual([]);
  });

  it('shows emoji, including joined ones', async () => {
    const { pdf, warnings } = await printed(aTable([['👩‍💻 Ada 😀', 1]]));

    const text = await textOf(pdf);
    expect(text).toContain('👩‍💻 Ada 😀');
    expect(warnings).toEqual([]);
  });

  it('shows � for a character that no font has, warns, and keeps it searchable', async () => {
    const { pdf, warnings, warningCodes } = await printed(aTable([['ⴰⵣⵓⵍ', 1], ['A\u{13000}', 2]])); // prettier-ignore

    expect(await textOf(pdf)).toContain('ⴰⵣⵓⵍ');
    expect(warnings).toEqual([
      'No font has these characters, which are printed as �: U+2D30, U+2D63, U+2D53, U+2D4D, U+13000.',
    ]);
    expect(warningCodes).toEqual(['characters-not-printable']);
  });

  it('shows the header, the page number and the number of pages on every page', async () => {
    const rows = many(200);

    const { pdf, pageCount, recordCount, progress } = await printed(aTable(rows));

    const pages = await pagesOf(pdf);
    expect(pages.length).toBeGreaterThan(3);
    expect(pageCount).toBe(pages.length);
    expect((await infoOf(pdf))['Pages']).toBe(`${pages.length}`);
    pages.forEach((page, index) => {
      expect(page).toMatch(/Name +Score/);
      expect(page).toMatch(new RegExp(`\\b${index + 1} ?/ ?${pages.length}\\b`));
      expect(page).toContain('Nov 20, 2026');
    });
    const names = (await wordsOf(pdf)).map(({ text }) => text).filter((text) => text.startsWith('Pupil-'));
    expect(names).toEqual(rows.map(([name]) => name));
    expect(recordCount).toBe(200);
    expect(progress.at(-1)).toEqual({ done: 200, total: 200, unit: 'rows' });
  });

  it('sets title, language and the moment of the snapshot as metadata', async () => {
    const { pdf } = await printed(aTable([['Ada', 1]], { title: 'Тиждень науки', language: 'uk' }));

    const info = await infoOf(pdf);
    expect(info).toMatchObject({ Title: 'Тиждень науки', CreationDate: '2026-11-20T10:00:00Z' });
    expect(pdf.toString('latin1')).toContain('/Lang (uk)');
  });

  it('shows the facts below the title, and moments in the time zone of the table', async () => {
    const table = aTable([['Ada', new Date('2026-11-20T23:30:00Z')]], {
      facts: [{ label: 'Average', value: '71.5 %' }],
      timeZone: 'Europe/Kyiv',
      columns: [textColumn('Name'), { key: 'joined', label: 'Joined', type: 'moment' }],
    });

    const { pdf } = await printed(table);

    const [page = ''] = await pagesOf(pdf);
    expect(page).toMatch(/Results[\s\S]*Average +71\.5 %[\s\S]*Name +Joined[\s\S]*Ada +Nov 21, 2026, 1:30 AM/);
  });

  it('shows only a header if there are no rows', async () => {
    const { pdf, pageCount, recordCount } = await printed(aTable([]));

    const pages = await pagesOf(pdf);
    expect(pages).toHaveLength(1);
    expect(pages[0]).toMatch(/Name +Score/);
    expect(pages[0]).toMatch(/1 ?\/ ?1/);
    expect([pageCount, recordCount]).toEqual([1, 0]);
  });

  it('prints formulas and markup unchanged', async () => {
    const texts = ['=SUM(A1:A9)', '+1', '@cmd', '<b>bold</b> (a\\)b) ET'];

    const { pdf } = await printed(aTable(texts.map((text) => [text, null])));

    const text = await textOf(pdf);
    for (const typed of texts) expect(text).toContain(typed);
  });

  it('formats numbers, decimals and durations for people', async () => {
    const table = aTable([[12, '-12.50', 3671, null]], {
      language: 'uk',
      columns: [
        { key: 'a', label: 'A', type: 'integer' },
        { key: 'b', label: 'B', type: 'decimal' },
        { key: 'c', label: 'C', type: 'duration' },
        { key: 'd', label: 'D', type: 'integer' },
      ],
    });

    const { pdf } = await printed(table);

    expect((await pagesOf(pdf))[0]).toMatch(/12 +-12,50 +1:01:11/);
  });

  it.each([
    ['a4', 'portrait', '595.28 x 841.89 pts (A4)'],
    ['letter', 'landscape', '792 x 612 pts (letter)'],
  ])('uses %s, %s, on request', async (pageSize, orientation, expected) => {
    const { pdf } = await printed(aTable([['Ada', 1]]), { page_size: pageSize, orientation });

    expect((await infoOf(pdf))['Page size']).toBe(expected);
  });

  it('uses landscape if the columns need it', async () => {
    const columns = Array.from({ length: 8 }, (_, index) => textColumn(`Question number ${index}`));

    const { pdf } = await printed(aTable([columns.map(() => 'an answer of a few words')], { columns }));

    expect((await infoOf(pdf))['Page size']).toContain('841.89 x 595.28');
  });

  it('throws if the number of rows differs from the count', async () => {
    const table = aTable([['Ada', 1]], { rowCount: 2 });

    await expect(printed(table)).rejects.toThrow('The table has 1 rows, but 2 were counted');
  });
});
