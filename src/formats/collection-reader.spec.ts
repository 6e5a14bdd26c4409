import { CollectionReader } from './collection-reader';
import type { Collection, CollectionItem, Drawing, ExportWarning } from './content';
import { PngWriter } from './png/png.writer';
import type { Progress } from './writer';
import { zipEntries } from '../../test/support/files';

class ItemFailure extends Error {}

interface ItemTraits {
  readonly name?: string | null;
  /** The page before which the drawing fails. */
  readonly failsAt?: number;
  /** How many pages the item has when it is opened. */
  readonly actualPages?: number;
  readonly warnings?: readonly ExportWarning[];
  readonly opens?: () => void;
}

function itemOf(id: string, pageCount: number, traits: ItemTraits = {}): CollectionItem {
  const { name = id, failsAt = Infinity, actualPages = pageCount, warnings = [], opens } = traits;
  const open = (): Promise<Drawing> => {
    opens?.();
    if (failsAt === 0) return Promise.reject(new ItemFailure(`${id} broke`));
    return Promise.resolve({
      kind: 'drawing',
      pageCount: actualPages,
      warnings,
      pdf: () => Promise.reject(new Error('not requested')),
      svgPages: () => {
        throw new Error('not requested');
      },
      async *pngPages() {
        for (let page = 1; page <= actualPages; page += 1) {
          if (page >= failsAt) throw new ItemFailure(`${id} broke`);
          yield await Promise.resolve(Buffer.from(`${id}-${page}`));
        }
      },
    });
  };
  return { id, name, label: `Item ${id}`, pageCount, open };
}

function collectionOf(items: readonly CollectionItem[]): Collection {
  return {
    kind: 'collection',
    title: 'Items',
    itemsName: 'items',
    items,
    explain: (error) => (error instanceof ItemFailure ? error.message : null),
    failWith: (reason) => new Error(`nothing left: ${reason}`),
  };
}

async function asPictures(...items: readonly CollectionItem[]) {
  const progress: Progress[] = [];
  const file = new PngWriter().write(collectionOf(items), {}, (step) => progress.push(step));
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.body) chunks.push(chunk);
  const entries = zipEntries(Buffer.concat(chunks));
  const names = entries.map(({ name }) => name);
  const manifest = JSON.parse(entries.at(-1)!.bytes.toString()) as { items: object[] };
  return { names, manifest, progress, ...file.summary() };
}

describe('A file of a collection', () => {
  it('goes on without an item that fails before its first page', async () => {
    const file = await asPictures(itemOf('a', 2), itemOf('b', 3, { failsAt: 0 }), itemOf('c', 1));

    expect(file.names).toEqual(['a/page-001.png', 'a/page-002.png', 'c/page-001.png', 'manifest.json']);
    expect(file.warnings).toEqual([{ code: 'board-missing', text: 'Item b is missing: b broke' }]);
    expect(file.manifest.items[1]).toEqual({
      id: 'b',
      name: 'b',
      files: [],
      pages: 0,
      status: 'missing',
      reason: 'b broke',
    });
    expect(file.pageCount).toBe(3);
  });

  it('keeps the pages of an item that fails later, and says so', async () => {
    const file = await asPictures(itemOf('a', 3, { failsAt: 3 }), itemOf('b', 1));

    expect(file.names).toEqual(['a/page-001.png', 'a/page-002.png', 'b/page-001.png', 'manifest.json']);
    expect(file.warnings).toEqual([{ code: 'board-missing', text: 'Item a has only its first 2 pages: a broke' }]);
    expect(file.manifest.items[0]).toMatchObject({ pages: 2, status: 'incomplete', reason: 'a broke' });
  });

  it('reports progress over all pages, which only grows, and counts missing pages as done', async () => {
    const { progress } = await asPictures(itemOf('a', 2), itemOf('b', 3, { failsAt: 2 }), itemOf('c', 1));

    expect(progress.every(({ total }) => total === 6)).toBe(true);
    const done = progress.map((step) => step.done);
    expect(done).toEqual([...done].sort((one, other) => one - other));
    expect([done[0], done.at(-1)]).toEqual([0, 6]);
  });

  it('corrects the total when an item has other pages than expected', async () => {
    const { progress } = await asPictures(itemOf('a', 1, { actualPages: 4 }), itemOf('b', 2));

    expect(progress.at(0)).toMatchObject({ done: 0, total: 3 });
    expect(progress.at(-1)).toMatchObject({ done: 6, total: 6 });
  });

  it('fails when no item is left', async () => {
    const pictures = asPictures(itemOf('a', 1, { failsAt: 0 }), itemOf('b', 1, { failsAt: 0 }));

    await expect(pictures).rejects.toThrow('nothing left: a broke');
  });

  it('fails with an error that is not of one item alone', async () => {
    const broken = { ...itemOf('a', 1), open: () => Promise.reject(new Error('The database is down')) };

    await expect(asPictures(itemOf('b', 1), broken)).rejects.toThrow('The database is down');
  });

  it('opens an item when the one before has been read', async () => {
    const opened: string[] = [];
    const items = ['a', 'b', 'c'].map((id) => itemOf(id, 1, { opens: () => opened.push(id) }));
    const reader = new CollectionReader<Drawing>(collectionOf(items), () => undefined);

    for await (const page of reader.read(({ content }) => content.pngPages())) {
      expect(Buffer.from(page).toString()).toBe(`${opened.at(-1)}-1`);
      if (opened.length === 2) break;
    }

    expect(opened).toEqual(['a', 'b']);
  });

  it('names the item in its warnings, and lists all missing items however many other warnings there are', async () => {
    const warnings = Array.from({ length: 80 }, (): ExportWarning => ({ code: 'image-missing', text: 'An image.' }));
    const file = await asPictures(
      itemOf('a', 1, { warnings }),
      itemOf('b', 1, { warnings }),
      itemOf('c', 1, { failsAt: 0 }),
    );

    expect(file.warnings[0]).toEqual({ code: 'board-missing', text: 'Item c is missing: c broke' });
    expect(file.warnings[1]).toEqual({ code: 'image-missing', text: 'Item a: An image.' });
    expect(file.warnings).toHaveLength(102);
    expect(file.warnings.at(-1)).toEqual({ code: 'more-warnings', text: '60 more like these.' });
  });

  it('has folders with safe, unique names', async () => {
    const names = ['../x', 'Manifest.JSON', 'con', '', 'A', 'a', null];
    const file = await asPictures(...names.map((name, index) => itemOf(`id${index}`, 1, { name })));

    expect(file.names.map((name) => name.split('/')[0])).toEqual([
      'x',
      'Manifest.JSON (2)',
      'con_',
      'export',
      'A',
      'a (2)',
      'id6',
      'manifest.json',
    ]);
  });
});
