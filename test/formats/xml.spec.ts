import { XmlWriter } from '../../src/formats/xml/xml.writer';
import { HOSTILE_NAMES, hostileNames } from '../support/hostile-names';
import { type HostileTable, hostileTable } from '../support/hostile-values';
import { python, run } from '../support/python';
import { RenderingDatabase } from '../support/rendering';
import { describeWith } from '../support/workbooks';

let rendering: RenderingDatabase;
let hostile: HostileTable;
beforeAll(async () => {
  rendering = await RenderingDatabase.create();
  hostile = await hostileTable(rendering);
  await rendering.sql(
    'CREATE TABLE nothing (id int)',
    'CREATE TABLE cards (id int)',
    'INSERT INTO cards VALUES (1), (2)',
  );
});
afterAll(() => rendering.remove());

interface Document {
  readonly attributes: Record<string, string>;
  readonly tables: { attributes: Record<string, string>; rows: [name: string, text: string | null][][] }[];
}

/** By two readers, libxml2 and expat; the names of elements are turned back by the rule of SQL/XML. */
async function read(bytes: Uint8Array): Promise<Document> {
  await run('xmllint', ['--noout', '--huge', '-'], bytes);
  return python(
    `
import json, re, sys
import xml.etree.ElementTree as tree
def name(tag): return re.sub('_x([0-9A-F]{4,6})_', lambda found: chr(int(found[1], 16)), tag)
NIL = '{http://www.w3.org/2001/XMLSchema-instance}nil'
def text(cell): return None if cell.get(NIL) == 'true' else cell.text or ''
root = tree.fromstring(sys.stdin.buffer.read())
tables = [{'attributes': table.attrib, 'rows': [[[name(cell.tag), text(cell)] for cell in row] for row in table]} for table in root]
print(json.dumps({'attributes': root.attrib, 'tables': tables}))`,
    bytes,
  );
}

describeWith(['python', 'xmllint'], 'XmlWriter', () => {
  it('keeps every value of every type', async () => {
    const { bytes, recordCount, extension, contentType } = await rendering.write(new XmlWriter(), [hostile.name]);

    const { tables } = await read(bytes);
    expect(tables[0]!.rows).toEqual(expectedRows(hostile));
    expect({ recordCount, extension, contentType }).toEqual({
      recordCount: hostile.texts.length,
      extension: 'xml',
      contentType: 'application/xml',
    });
  });

  it('writes one row per line, whatever the values are', async () => {
    const { bytes } = await rendering.write(new XmlWriter(), [hostile.name]);

    const lines = bytes.toString().split('\n');
    expect(lines.filter((line) => line.startsWith('<row>') && line.endsWith('</row>'))).toHaveLength(
      hostile.texts.length,
    );
  });

  it('maps every column name to a different element name', async () => {
    const table = await hostileNames(rendering);

    const { bytes } = await rendering.write(new XmlWriter(), [table]);

    const { tables } = await read(bytes);
    expect(tables[0]!.attributes['name']).toBe(table);
    expect(tables[0]!.rows).toEqual([HOSTILE_NAMES.map((name, index) => [name, String(index)])]);
    expect(bytes.toString()).toContain('<größe>');
    // XML keeps names that begin so for itself.
    expect(bytes.toString()).not.toMatch(/<xml/i);
  });

  it('names the tables, their data types and the user', async () => {
    const { bytes } = await rendering.write(
      new XmlWriter(),
      ['nothing', 'cards'],
      {},
      { userId: '"<\u0001&\n', sections: { cards: 'payments' } },
    );

    const { attributes, tables } = await read(bytes);
    expect(attributes).toEqual({ exportDate: expect.stringMatching(/^\d{4}-.*Z$/), userId: '"<\u2401&\n' });
    expect(tables).toEqual([
      { attributes: { name: 'nothing', section: 'nothing' }, rows: [] },
      { attributes: { name: 'cards', section: 'payments' }, rows: [[['id', '1']], [['id', '2']]] },
    ]);
  });

  it('writes rows of 200 columns, each as long as a chunk', async () => {
    const columns = Array.from({ length: 200 }, (_, index) => `repeat('é&', 1000) || ${index} AS c${index}`);
    await rendering.sql(`CREATE TABLE wide AS SELECT ${columns.join(', ')} FROM generate_series(1, 3)`);

    const { bytes } = await rendering.write(new XmlWriter(), ['wide']);

    const { tables } = await read(bytes);
    expect(tables[0]!.rows).toHaveLength(3);
    expect(tables[0]!.rows[2]![199]).toEqual(['c199', `${'é&'.repeat(1000)}199`]);
  });

  it.each(['LATIN1', 'SQL_ASCII'])('writes UTF-8 from a database in %s', async (encoding) => {
    const other = await RenderingDatabase.create(encoding);
    try {
      await other.sql(
        'CREATE TABLE texts (id int, "größe" text, note text)',
        `INSERT INTO texts VALUES (1, 'Käse & Brot', E'\\x01<\\x1f')`,
      );

      const { bytes } = await other.write(new XmlWriter(), ['texts']);

      const { tables } = await read(bytes);
      expect(tables[0]!.rows).toEqual([
        [
          ['id', '1'],
          ['größe', 'Käse & Brot'],
          ['note', '\u2401<\u241f'],
        ],
      ]);
    } finally {
      await other.remove();
    }
  });
});

const DATES = ['a_date', 'a_timestamp', 'a_timestamptz'];

/** What the database says the rows are, as far as XML can say it. */
function expectedRows({ columns, texts, json }: HostileTable): [string, string | null][][] {
  return texts.map((row, index) => {
    const cells = columns.map((column): [string, string | null] => {
      const text = row[column] ?? null;
      if (text === null) return [column, null];
      if (column === 'a_boolean') return [column, text === 't' ? 'true' : 'false'];
      if (DATES.includes(column)) return [column, JSON.parse(json[index]![column]!) as string];
      return [column, visible(text)];
    });
    return [['id', String(index + 1)], ...cells];
  });
}

/** Controls that XML 1.0 has no way to write are the pictures of them. */
function visible(text: string): string {
  return text
    .replaceAll(/[\u0001-\u0008\u000b\u000c\u000e-\u001f]/g, (control) =>
      String.fromCharCode(0x2400 + control.charCodeAt(0)),
    )
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd');
}
