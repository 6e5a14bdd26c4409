import { PdfAssembly } from './pdf-assembly';

/** A file as Skia writes it, with a page for each content. */
function pdfOf(...contents: readonly string[]): Buffer {
  const pages = contents.map((_, index) => 4 + 2 * index);
  const objects = [
    '<</Creator (a \\) 9 0 R \\( b)>>',
    '<</Type /Catalog\n/Pages 3 0 R>>',
    `<</Type /Pages\n/Count ${contents.length}\n/Kids [${pages.map((page) => `${page} 0 R`).join(' ')}]>>`,
    ...contents.flatMap((content, index) => [
      `<</Type /Page\n/Alt (3 0 R \\() /Contents ${5 + 2 * index} 0 R\n/Parent 3 0 R>>`,
      `<</Length ${content.length}>> stream\n${content}\nendstream`,
    ]),
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const lines = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  return Buffer.from(
    `${text}xref\n0 ${size}\n0000000000 65535 f \n${lines}trailer\n<</Size ${size}\n/Root 2 0 R\n/Info 1 0 R>>\n` +
      `startxref\n${text.length}\n%%EOF\n`,
    'latin1',
  );
}

function join(files: readonly (readonly [pdf: Uint8Array, title: string])[]): string {
  const assembly = new PdfAssembly();
  const chunks = [...assembly.begin()];
  for (const [pdf, title] of files) chunks.push(...assembly.add(pdf, title));
  chunks.push(...assembly.end('All'));
  return Buffer.concat(chunks).toString('latin1');
}

/** The objects by their numbers, found by the table of the file. */
function objectsOf(pdf: string): Map<number, string> {
  const table = pdf.slice(Number(/startxref\n(\d+)/.exec(pdf)![1]));
  const entries = [...table.matchAll(/^(\d{10}) \d{5} ([nf]) $/gm)];
  return new Map(
    entries.flatMap(([, offset, use], number) => {
      if (use === 'f') return [];
      const text = pdf.slice(Number(offset));
      expect(text.startsWith(`${number} 0 obj\n`)).toBe(true);
      return [[number, text.slice(0, text.indexOf('endobj'))] as const];
    }),
  );
}

describe('PdfAssembly', () => {
  it('keeps all pages of all files, below one root', () => {
    const objects = objectsOf(
      join([
        [pdfOf('first'), 'One'],
        [pdfOf('second', 'third'), 'Two'],
      ]),
    );

    const roots = /\/Kids \[(\d+) 0 R (\d+) 0 R\]/.exec(objects.get(2)!)!.slice(1).map(Number);
    expect(objects.get(2)).toContain('/Count 3');
    const contents = roots.flatMap((root) => {
      expect(objects.get(root)).toContain('/Parent 2 0 R');
      return [
        ...objects
          .get(root)!
          .split('/Kids')[1]!
          .matchAll(/(\d+) 0 R/g),
      ].map(([, page]) => {
        const text = objects.get(Number(page))!;
        expect(text).toContain(`/Parent ${root} 0 R`);
        return objects.get(Number(/\/Contents (\d+) 0 R/.exec(text)![1]))!;
      });
    });
    expect(contents.map((text) => /stream\n(\w+)/.exec(text)![1])).toEqual(['first', 'second', 'third']);
  });

  it('does not change what looks like a reference within a string', () => {
    const objects = objectsOf(
      join([
        [pdfOf('first'), 'One'],
        [pdfOf('second'), 'Two'],
      ]),
    );

    const pages = [...objects.values()].filter((text) => text.includes('/Type /Page\n'));
    expect(pages.map((text) => text.includes('/Alt (3 0 R \\()'))).toEqual([true, true]);
  });

  it('writes titles of any language as UTF-16', () => {
    const pdf = join([[pdfOf('first'), 'Дошка )']]);

    expect(pdf).toContain('/Title <feff0414043e0448043a043000200029>');
  });

  it('has an entry for each file, and closed entries for the pages of files with several', () => {
    const objects = objectsOf(
      join([
        [pdfOf('a'), 'One'],
        [pdfOf('b', 'c'), 'Two'],
      ]),
    );
    const entries = [...objects.values()].filter((text) => text.includes('/Dest ['));

    expect(objects.get(4)).toContain('/Count 2');
    expect(entries.map((text) => /\/Count (-?\d+)/.exec(text)?.[1] ?? null)).toEqual([null, '-2', null, null]);
  });

  it.each([
    ['something else', 'this is no PDF'],
    ['a file that was cut off', pdfOf('first').toString('latin1').slice(0, -40)],
  ])('refuses %s', (_, text) => {
    expect(() => [...new PdfAssembly().add(Buffer.from(text, 'latin1'), 'One')]).toThrow(RangeError);
  });
});
