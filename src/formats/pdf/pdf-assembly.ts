/** Binary bytes in the second line mark the file as binary (ISO 32000-1, 7.5.2). */
const HEADER = Buffer.from('%PDF-1.4\n%\xd3\xeb\xe9\xe1\n', 'latin1');

const CATALOG = 1;
const PAGES = 2;
const INFO = 3;
const OUTLINE = 4;
const FIRST_FREE = 5;

/** A string, which must not change, or a reference to an object. */
const STRING_OR_REFERENCE = /\((?:\\[^]|[^\\()])*\)|(\d+) 0 R\b/g;

interface PdfObject {
  readonly number: number;
  /** The text before the bytes of a stream, or all of it. */
  readonly head: string;
  /** The stream with its keywords; empty without one. */
  readonly rest: Buffer;
}

interface PdfParts {
  readonly objects: readonly PdfObject[];
  /** The highest number of an object. */
  readonly size: number;
  /** The root of the page tree. */
  readonly pages: number;
  /** Objects that describe the whole file: the catalog and its facts. */
  readonly dropped: readonly number[];
}

interface Section {
  readonly title: string;
  readonly root: number;
  /** The pages in order. */
  readonly pages: readonly number[];
}

/**
 * Joins PDF files into one with an outline, and yields it while they arrive: of each file only the numbers of its objects
 * change. It reads files as Skia writes them: with one table of references, and with escaped parentheses in strings.
 */
export class PdfAssembly {
  private position = 0;
  private readonly offsets = new Map<number, number>();
  private next = FIRST_FREE;
  private readonly sections: Section[] = [];

  *begin(): Generator<Uint8Array> {
    yield this.place(HEADER);
  }

  /**
   * Adds all pages of a file.
   * @param title of its entry in the outline
   * @throws RangeError when the file is not one that can be read
   */
  *add(file: Uint8Array, title: string): Generator<Uint8Array> {
    const { objects, size, pages: root, dropped } = readPdf(file);
    const shift = this.next - 1;
    for (const { number, head, rest } of objects) {
      if (dropped.includes(number)) continue;
      const moved = moveReferences(head, shift);
      const body = number === root ? moved.replace('<<', `<</Parent ${PAGES} 0 R\n`) : moved;
      this.offsets.set(number + shift, this.position);
      yield this.place(Buffer.from(`${number + shift} 0 obj\n${body}`, 'latin1'));
      if (rest.length > 0) yield this.place(rest);
    }
    const heads = new Map(objects.map(({ number, head }) => [number, head]));
    const pages = findPages(root, heads).map((number) => number + shift);
    this.sections.push({ title, root: root + shift, pages });
    this.next += size;
  }

  /** Ends the file. @param title of the whole document */
  *end(title: string): Generator<Uint8Array> {
    const kids = this.sections.map(({ root }) => toReference(root)).join(' ');
    const count = this.sections.reduce((sum, { pages }) => sum + pages.length, 0);
    yield* this.write(PAGES, `<</Type /Pages\n/Count ${count}\n/Kids [${kids}]>>`);
    yield* this.write(INFO, `<</Title ${toText(title)}\n/Creator (Export Service)>>`);
    yield* this.writeOutline();
    const outline = `/Outlines ${toReference(OUTLINE)}\n/PageMode /UseOutlines`;
    yield* this.write(CATALOG, `<</Type /Catalog\n/Pages ${toReference(PAGES)}\n${outline}>>`);
    yield this.place(Buffer.from(this.referenceTable(), 'latin1'));
  }

  /** An entry for each file, with closed entries for its pages where it has several. */
  private *writeOutline(): Generator<Uint8Array> {
    const numbers = this.sections.map(({ pages }) => {
      const number = this.next;
      this.next += pages.length > 1 ? 1 + pages.length : 1;
      return number;
    });
    yield* this.write(
      OUTLINE,
      `<</Type /Outlines\n/First ${toReference(numbers[0])}\n/Last ${toReference(numbers.at(-1))}\n/Count ${numbers.length}>>`,
    );
    for (const [index, { title, pages }] of this.sections.entries()) {
      const number = numbers[index] ?? 0;
      const children = pages.length > 1 ? pages.map((_, page) => number + 1 + page) : [];
      const below =
        children.length === 0
          ? ''
          : `\n/First ${toReference(children[0])}\n/Last ${toReference(children.at(-1))}\n/Count ${-children.length}`;
      yield* this.write(number, outlineEntry(title, OUTLINE, pages[0], numbers, index, below));
      for (const [page, child] of children.entries()) {
        yield* this.write(child, outlineEntry(`Page ${page + 1}`, number, pages[page], children, page));
      }
    }
  }

  private *write(number: number, body: string): Generator<Uint8Array> {
    this.offsets.set(number, this.position);
    yield this.place(Buffer.from(`${number} 0 obj\n${body}\nendobj\n`, 'latin1'));
  }

  private place(bytes: Buffer): Buffer {
    this.position += bytes.length;
    return bytes;
  }

  private referenceTable(): string {
    const lines = ['0000000000 65535 f '];
    for (let number = 1; number < this.next; number += 1) {
      const offset = this.offsets.get(number);
      // Numbers of dropped objects are free.
      lines.push(offset === undefined ? '0000000000 00000 f ' : `${String(offset).padStart(10, '0')} 00000 n `);
    }
    const trailer = `<</Size ${this.next}\n/Root ${toReference(CATALOG)}\n/Info ${toReference(INFO)}>>`;
    return `xref\n0 ${this.next}\n${lines.join('\n')}\ntrailer\n${trailer}\nstartxref\n${this.position}\n%%EOF\n`;
  }
}

function outlineEntry(
  title: string,
  parent: number,
  page: number | undefined,
  siblings: readonly number[],
  index: number,
  below = '',
): string {
  const previous = index > 0 ? `\n/Prev ${toReference(siblings[index - 1])}` : '';
  const next = index < siblings.length - 1 ? `\n/Next ${toReference(siblings[index + 1])}` : '';
  const target = `/Dest [${toReference(page)} /Fit]`;
  return `<</Title ${toText(title)}\n/Parent ${toReference(parent)}\n${target}${previous}${next}${below}>>`;
}

function toReference(number: number | undefined): string {
  if (number === undefined) throw new RangeError('A PDF has no pages');
  return `${number} 0 R`;
}

/** A text as a string of UTF-16 with a byte order mark (7.9.2.2). */
function toText(text: string): string {
  return `<${Buffer.from(`\ufeff${text.toWellFormed()}`, 'utf16le').swap16().toString('hex')}>`;
}

function moveReferences(text: string, shift: number): string {
  return text.replace(STRING_OR_REFERENCE, (match, number?: string) =>
    number === undefined ? match : toReference(Number(number) + shift),
  );
}

/** The pages below a node of the page tree. */
function findPages(number: number, heads: ReadonlyMap<number, string>): number[] {
  const head = heads.get(number) ?? '';
  if (!/\/Type\s*\/Pages\b/.test(head)) return [number];
  const kids = /\/Kids\s*\[([^\]]*)\]/.exec(head)?.[1] ?? '';
  return [...kids.matchAll(/(\d+) 0 R/g)].flatMap(([, kid]) => findPages(Number(kid), heads));
}

/** @throws RangeError */
function readPdf(file: Uint8Array): PdfParts {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const tableAt = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(bytes.toString('latin1', bytes.length - 64))?.[1]);
  const table = Number.isNaN(tableAt) ? '' : bytes.toString('latin1', tableAt);
  const [whole, size] = /^xref\s+0 (\d+)\s+/.exec(table) ?? [];
  const trailer = table.slice(table.indexOf('trailer'));
  const root = readReference(trailer, 'Root');
  if (whole === undefined || root === null) throw new RangeError('The PDF has no table of references that can be read');
  const count = Number(size);
  const starts = Array.from({ length: count }, (_, number) => {
    const at = whole.length + number * 20;
    return { number, offset: Number(table.slice(at, at + 10)), isUsed: table[at + 17] === 'n' };
  })
    .filter(({ isUsed }) => isUsed)
    .sort((one, other) => one.offset - other.offset);
  const objects = starts.map(({ number, offset }, index) =>
    readObject(number, bytes.subarray(offset, starts[index + 1]?.offset ?? tableAt)),
  );
  const catalog = objects.find(({ number }) => number === root)?.head ?? '';
  const pages = readReference(catalog, 'Pages');
  if (pages === null) throw new RangeError('The PDF has no pages');
  const info = readReference(trailer, 'Info');
  return { objects, size: count - 1, pages, dropped: info === null ? [root] : [root, info] };
}

function readObject(number: number, bytes: Buffer): PdfObject {
  const stream = bytes.indexOf('stream');
  const end = stream === -1 ? bytes.length : stream;
  const text = bytes.toString('latin1', 0, end);
  const opening = /^\d+ 0 obj\s*/.exec(text)?.[0];
  if (opening === undefined) throw new RangeError(`The PDF has no object ${number} where its table says`);
  return { number, head: text.slice(opening.length), rest: bytes.subarray(end) };
}

function readReference(dictionary: string, name: string): number | null {
  const [, number] = new RegExp(`/${name}\\s+(\\d+) 0 R`).exec(dictionary) ?? [];
  return number === undefined ? null : Number(number);
}
