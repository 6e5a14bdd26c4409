import { getEventListeners } from 'node:events';
import type { Drawing } from '../../src/formats';
import type { Picture } from '../../src/solo/model/domain/picture';
import { BoardPainter } from '../../src/solo/infrastructure/drawing/board-painter';
import { BusyThreads } from '../../src/solo/infrastructure/drawing/busy-threads';
import { AssetLoader } from '../../src/solo/model/domain/interfaces/asset-loader';
import {
  BoardTooDeepError,
  BoardTooLargeError,
  MalformedStateError,
  PageNotFoundError,
} from '../../src/solo/model/board/board-errors';
import { longestBlock, startCpuClock } from '../support/cpu-time';
import { pngSize } from '../support/files';
import { pixelsOf } from '../support/pixels';
import { until } from '../support/until';
import { contentsOf, exampleBoards, NoAssets, openBoard, pagesOf, readState } from './golden-set';

const png = { format: 'png', scale: { pixelRatio: 1 }, background: 'white' } as const satisfies Picture;
const pdf = { format: 'pdf', pageSize: 'original', orientation: 'auto' } as const satisfies Picture;
const forever = new AbortController().signal;
const stateOf = (board: unknown) => Buffer.from(JSON.stringify(board));
const solo = (page: object, pages = 1) =>
  stateOf({ activePageId: '', pages: Array.from({ length: pages }, () => page) });
/** A pixel of the first page. */
const pixelIn = async (drawing: Drawing, x: number, y: number) => {
  const [file] = await pagesOf(drawing);
  return (await pixelsOf(file!))(x, y);
};

describe('BoardPainter', () => {
  let painter: BoardPainter;

  beforeAll(() => {
    painter = new BoardPainter({ threads: 1, assets: new NoAssets() });
  });
  afterAll(() => painter.onApplicationShutdown());

  it('draws all pages in order', async () => {
    const pages = ['#ff0000', '#00ff00', '#0000ff'].map((color) => ({ background: { type: 'color', color } }));

    const drawing = await openBoard(painter, stateOf({ activePageId: '', pages }), png, forever);

    expect(drawing.pageCount).toBe(3);
    const pictures = await Promise.all((await pagesOf(drawing)).map(pixelsOf));
    expect(pictures.map((rgba) => rgba(5, 5))).toEqual([
      [255, 0, 0, 255],
      [0, 255, 0, 255],
      [0, 0, 255, 255],
    ]);
  });

  it('draws pages in a free thread too, until an export needs it', async () => {
    const busy = BusyThreads.create(2);
    const several = new BoardPainter({ threads: 1, assets: new NoAssets(), busy });
    const hasFreeThread = () => {
      const end = busy.tryEnter();
      end?.();
      return end !== null;
    };
    const missing = { type: 'image', src: 'data:,', x: 0, y: 0, width: 50, height: 50 };
    const pages = Array.from({ length: 40 }, (_, page) => ({
      background: { type: 'color', color: `#0000${page.toString(16).padStart(2, '0')}` },
      assets: page % 10 === 0 ? [missing] : [],
    }));
    const drawing = await openBoard(several, stateOf({ activePageId: '', pages }), png, forever);

    const colours: number[][] = [];
    let endOther: (() => void) | undefined;
    for await (const file of drawing.pngPages()) {
      colours.push((await pixelsOf(file))(900, 1100));
      if (colours.length === 10) await until('a second thread draws', () => !hasFreeThread());
      if (colours.length === 20) endOther = busy.enter();
      if (colours.length === 30) await until('the second thread has left', () => !busy.isOverbooked);
    }

    expect(colours).toEqual(Array.from({ length: 40 }, (_, page) => [0, 0, page, 255]));
    const named = drawing.warnings.map(({ text }) => Number(/page (\d+)/.exec(text)?.[1]));
    expect(named.sort((one, other) => one - other)).toEqual([1, 11, 21, 31]);
    endOther?.();
    await until('no thread is busy', () => busy.busyCount === 0);
    await several.onApplicationShutdown();
  });

  describe('a thumbnail', () => {
    const thumbnail = { ...png, page: 1, scale: { frame: { width: 320, height: 240 } } } as const;
    const [red, yellow, white] = [
      [255, 0, 0, 255],
      [255, 255, 0, 255],
      [255, 255, 255, 255],
    ];

    it('centres an upright page on its own colour', async () => {
      // 920 × 1200 units become 184 × 240 pixels. The bar goes beyond both edges of the page.
      const bar = { type: 'rectangle', color: '#ff0000', size: 200, x: -4000, y: 500, width: 9000, height: 10 };
      const background = { type: 'color', color: '#ffff00' };

      const [file] = await pagesOf(
        await openBoard(painter, solo({ background, shapes: [bar] }), thumbnail, forever),
      );

      expect(pngSize(Buffer.from(file!))).toEqual({ width: 320, height: 240 });
      const rgba = await pixelsOf(file!);
      expect([0, 67, 68, 251, 252, 319].map((x) => rgba(x, 101))).toEqual([
        yellow, yellow, red,
        red, yellow, yellow,
      ]);
      expect(rgba(160, 0)).toEqual(yellow);
    });

    it('shows a wide page completely', async () => {
      // 4000 × 1500 units become 320 × 120 pixels, and 60 are left above and below.
      const points = [
        [2000, -2000],
        [2000, 4000],
      ];
      const line = { tool: 'line', color: '#ff0000', size: 500, points };
      const page = { width: 4000, height: 1500, background: 'white', groups: [], strokes: [line] };

      const [file] = await pagesOf(
        await openBoard(painter, stateOf({ pages: [page], currentPageIndex: 0 }), thumbnail, forever),
      );

      expect(pngSize(Buffer.from(file!))).toEqual({ width: 320, height: 240 });
      const rgba = await pixelsOf(file!);
      expect([0, 59, 60, 179, 180, 239].map((y) => rgba(160, y))).toEqual([
        white, white, red,
        red, white, white,
      ]);
    });
  });

  it('leaves the page transparent when requested', async () => {
    const shape = { type: 'rectangle', color: '#ff0000', size: 20, x: 100, y: 100, width: 200, height: 200 };
    const transparent = { ...png, background: 'transparent' } as const;

    const [file] = await pagesOf(await openBoard(painter, solo({ shapes: [shape] }), transparent, forever));

    const rgba = await pixelsOf(file!);
    expect(rgba(10, 10)).toEqual([0, 0, 0, 0]);
    expect(rgba(100, 200)).toEqual([255, 0, 0, 255]);
  });

  it('reduces a pixel ratio that makes the picture too large, with a warning', async () => {
    const drawing = await openBoard(painter, solo({}), { ...png, scale: { pixelRatio: 100 } }, forever);

    const [file] = await pagesOf(drawing);

    const { width, height } = pngSize(Buffer.from(file!));
    expect(width * height).toBeLessThanOrEqual(8192 * 8192);
    expect(drawing.warnings).toEqual([
      { code: 'pixel-ratio-reduced', text: expect.stringContaining('Page 1 was drawn at the pixel ratio 7.79') },
    ]);
  });

  it('draws an embedded image', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10" fill="lime"/></svg>';
    const asset = {
      type: 'svg',
      src: `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`,
      x: 0,
      y: 0,
      width: 50,
      height: 50,
    };

    const drawing = await openBoard(painter, solo({ assets: [asset] }), png, forever);

    expect(await pixelIn(drawing, 25, 25)).toEqual([0, 255, 0, 255]);
  });

  it('draws an image from its loader', async () => {
    const white = new BoardPainter({
      threads: 1,
      assets: new (class extends AssetLoader {
        load(): Promise<Uint8Array> {
          return Promise.resolve(
            Buffer.from(
              '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1" fill="#00f"/></svg>',
            ),
          );
        }
      })(),
    });
    const asset = { type: 'image', src: 'https://images.test/a.svg', x: 0, y: 0, width: 50, height: 50 };

    const drawing = await openBoard(white, solo({ assets: [asset] }), png, forever);

    expect(await pixelIn(drawing, 25, 25)).toEqual([0, 0, 255, 255]);
    expect(drawing.warnings).toEqual([]);
    await white.onApplicationShutdown();
  });

  it('draws a placeholder for a missing image, with a short warning', async () => {
    const source = `data:image/png;base64,${'A'.repeat(5000)}`;
    const asset = { type: 'image', src: source, x: 0, y: 0, width: 200, height: 200 };

    const drawing = await openBoard(painter, solo({ assets: [asset] }), png, forever);

    expect(await pixelIn(drawing, 20, 20)).toEqual([0xf3, 0xf4, 0xf6, 255]);
    const text =
      'An image on page 1 is missing (data:image/png;base64,…): it is not a PNG, JPEG, GIF, WebP or SVG image.';
    expect(drawing.warnings).toEqual([{ code: 'image-missing', text }]);
  });

  it('warns of the first fifty missing images and counts the others', async () => {
    const asset = { type: 'image', src: 'https://elsewhere.example/a.png', x: 0, y: 0, width: 5, height: 5 };

    const drawing = await openBoard(painter, solo({ assets: Array.from({ length: 60 }, () => asset) }, 2), png, forever);
    await pagesOf(drawing);

    expect(drawing.warnings.length).toBeLessThanOrEqual(51);
  });

  it('writes a PDF of all pages and reports its progress', async () => {
    const drawn: number[] = [];

    const drawing = await openBoard(painter, solo({}, 3), pdf, forever);
    const file = Buffer.from(await drawing.pdf((pages) => drawn.push(pages))).toString('latin1');

    expect(drawn).toEqual([1, 2, 3]);
    expect(file.startsWith('%PDF-')).toBe(true);
    expect(file.match(/\/Type \/Page\b/g)).toHaveLength(3);
    expect(file).toContain('/MediaBox [0 0 690 900]');
  });

  it('fits the pages into paper of the requested orientation', async () => {
    const drawing = await openBoard(painter, solo({}), { ...pdf, pageSize: 'a4', orientation: 'landscape' }, forever);

    const file = Buffer.from(await drawing.pdf(() => undefined)).toString('latin1');

    expect(file).toContain('/MediaBox [0 0 842 595]');
  });

  it('writes searchable text into a PDF', async () => {
    const strokes = [{ tool: 'text', color: '#000000', size: 6, points: [{ x: 10, y: 10 }], text: '白板' }];

    const drawing = await openBoard(painter, solo({ strokes }), pdf, forever);
    const characters = contentsOf(await drawing.pdf(() => undefined)).filter((part) => part.includes('beginbfchar'));

    expect(characters.join()).toContain('<767D>');
    expect(characters.join()).not.toContain('<2F69>');
  });

  it('erases strokes in a PDF by clipping them', async () => {
    const across = [
      { x: 10, y: 50 },
      { x: 400, y: 50 },
      { x: 800, y: 50 },
    ];
    const strokes = [
      { tool: 'line', color: '#ff0000', size: 8, points: across },
      { tool: 'eraser', size: 40, points: across },
    ];

    const drawing = await openBoard(painter, solo({ strokes }), pdf, forever);
    const file = await drawing.pdf(() => undefined);

    const [drawn = ''] = contentsOf(file).filter((content) => content.includes('RG'));
    expect(drawn).toMatch(/\bW\* n\b/);
    expect(drawn.match(/\bf\b/g)).toHaveLength(1);
  });

  it('refuses a state that is not JSON and a page that does not exist', async () => {
    const text = '{"pages":';

    await expect(openBoard(painter, Buffer.from(text), png, forever)).rejects.toThrow(MalformedStateError);
    await expect(openBoard(painter, solo({}), { ...png, page: 2 }, forever)).rejects.toThrow(PageNotFoundError);
  });

  it('refuses a board with too many pages or levels for any picture', async () => {
    const deep = stateOf({ activePageId: '', pages: [JSON.parse(`${'['.repeat(63)}${']'.repeat(63)}`)] });

    for (const wanted of [png, { ...png, page: 1 }, pdf]) {
      await expect(openBoard(painter, solo({}, 501), wanted, forever)).rejects.toThrow(BoardTooLargeError);
      await expect(openBoard(painter, Buffer.from(deep), wanted, forever)).rejects.toThrow(BoardTooDeepError);
    }
  });

  it('is ready for the next board after a reader leaves the loop', async () => {
    for await (const page of (await openBoard(painter, solo({}, 400), png, forever)).pngPages()) {
      expect(page.length).toBeGreaterThan(0);
      break;
    }

    expect(await pagesOf(await openBoard(painter, solo({}), png, forever))).toHaveLength(1);
  });

  it('throws the reason of its signal and is ready for the next board', async () => {
    const leaving = new AbortController();
    const drawing = await openBoard(painter, solo({}, 400), png, leaving.signal);

    const drawn = (async () => {
      for await (const page of drawing.pngPages()) {
        expect(page.length).toBeGreaterThan(0);
        leaving.abort(new Error('cancelled'));
      }
    })();

    await expect(drawn).rejects.toThrow('cancelled');
    expect(await pagesOf(await openBoard(painter, solo({}), png, forever))).toHaveLength(1);
  });

  it.each([
    ['was drawn', solo({})],
    ['could not be read', Buffer.from('{"pages":')],
  ])('leaves no listener on its signal when a board %s', async (_, state) => {
    const { signal } = new AbortController();

    await openBoard(painter, state, png, signal).then(pagesOf, () => undefined);

    await until('the signal has no listener', () => getEventListeners(signal, 'abort').length === 0);
  });

  it('fails when a page takes too long', async () => {
    const impatient = new BoardPainter({ threads: 1, assets: new NoAssets(), pageTimeout: 20 });
    const points = Array.from({ length: 20_000 }, (_, i) => ({ x: (i * 37) % 900, y: (i * 91) % 1200 }));
    const state = solo({ strokes: [{ tool: 'pen', color: '#000', size: 2, points }] });

    const drawing = await openBoard(impatient, state, png, forever);

    await expect(pagesOf(drawing)).rejects.toThrow('took longer than');
    await impatient.onApplicationShutdown();
  });

  it('draws the next board after one that takes too much memory', async () => {
    const small = new BoardPainter({ threads: 1, assets: new NoAssets(), threadMemory: 40 });
    const shapes = Array.from({ length: 400_000 }, (_, i) => ({ x: i + 0.5, y: i + 0.25, width: i + 0.125 }));

    const opened = openBoard(small, solo({ shapes }), png, forever);

    await expect(opened).rejects.toThrow('The board needs more memory than one drawing may take.');
    expect(await pagesOf(await openBoard(small, solo({}), png, forever))).toHaveLength(1);
    await small.onApplicationShutdown();
  });

  it('draws a hostile board in bounded time', async () => {
    const state = readState(exampleBoards, '12-hostile');
    const cpuMs = startCpuClock();

    const pages = await pagesOf(await openBoard(painter, Buffer.from(state), png, forever));
    const file = await (await openBoard(painter, Buffer.from(state), pdf, forever)).pdf(() => undefined);

    expect(pages.length).toBeGreaterThan(0);
    expect(file.length).toBeGreaterThan(0);
    expect(cpuMs()).toBeLessThan(10_000);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('draws thirty pages without blocking the event loop', async () => {
    const longest = await longestBlock(async () => {
      const drawing = await openBoard(painter, readState(exampleBoards, '08-thirty-pages'), png, forever);
      expect(await pagesOf(drawing)).toHaveLength(30);
    });

    expect(longest).toBeLessThan(250);
  });
});
