import { BoardPainter } from '../../src/solo/infrastructure/drawing/board-painter';
import { DrawingTooLargeError } from '../../src/solo/model/domain/drawing-budget';
import { startCpuClock } from '../support/cpu-time';
import { contentsOf, NoAssets, openBoard, pagesOf } from './golden-set';

const png = { format: 'png', scale: { pixelRatio: 1 }, background: 'white' } as const;
const pdf = { format: 'pdf', pageSize: 'original', orientation: 'auto' } as const;
const forever = new AbortController().signal;
const solo = (page: object, pages = 1) =>
  Buffer.from(JSON.stringify({ activePageId: '', pages: Array.from({ length: pages }, () => page) }));

describe('The drawing of a hostile board', () => {
  let painter: BoardPainter;

  beforeAll(() => {
    painter = new BoardPainter({ threads: 1, assets: new NoAssets() });
  });
  afterAll(() => painter.onApplicationShutdown());

  it('rasterizes strokes in a PDF when an eraser crosses itself a hundred thousand times', async () => {
    const scribble = Array.from({ length: 1_000 }, (_, i) => ({ x: (i * 389) % 900, y: (i * 547) % 1180 }));
    const strokes = [
      { tool: 'pen', color: '#ff0000', size: 8, points: scribble.slice(0, 50) },
      { tool: 'eraser', size: 20, points: scribble },
    ];
    const cpuMs = startCpuClock();

    const drawing = await openBoard(painter, solo({ strokes }), pdf, forever);
    const file = Buffer.from(await drawing.pdf(() => undefined)).toString('latin1');

    expect(file).toContain('/Subtype /Image');
    expect(cpuMs()).toBeLessThan(5_000);
  });

  it('draws every dot of a PDF as a circle', async () => {
    const background = { type: 'dots', gridSize: 300 };

    const drawing = await openBoard(painter, solo({ background }), pdf, forever);
    const [drawn = ''] = contentsOf(await drawing.pdf(() => undefined)).filter((part) => / c\n/.test(part));

    // Three in each of three rows, of four curves each.
    expect(drawn.match(/ c$/gm)).toHaveLength(3 * 3 * 4);
  });

  it('refuses a drawing that exceeds its budget, however small the board', async () => {
    const frugal = new BoardPainter({ threads: 1, assets: new NoAssets(), budgetSeconds: 10 });

    const small = await openBoard(frugal, solo({}, 100), png, forever);
    for await (const page of small.pngPages()) {
      expect(page.length).toBeGreaterThan(0);
      break;
    }
    const large = openBoard(frugal, solo({}, 100), { ...png, scale: { pixelRatio: 4 } }, forever);

    await expect(large).rejects.toThrow(DrawingTooLargeError);
    await frugal.onApplicationShutdown();
  });

  it('has one large page at a time in memory', async () => {
    const several = new BoardPainter({ threads: 3, assets: new NoAssets() });
    const large = JSON.stringify({ pages: Array.from({ length: 3 }, () => ({ width: 4096, height: 4096 })) });
    const before = process.memoryUsage.rss();
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 5);

    const boards = ['ann', 'bob', 'cas'].map((account) =>
      several.open({ account, purpose: 'export', readState: () => Promise.resolve(Buffer.from(large)) }, png, forever),
    );
    await Promise.all(boards.map(async (board) => pagesOf(await board)));

    clearInterval(watch);
    await several.onApplicationShutdown();
    // A page has 67 MB and is briefly in memory twice.
    expect(most - before).toBeLessThan(450e6);
  });
});
