import { lessonBoard } from '../../../../test/support/boards';
import {
  checkDrawingBudget,
  DrawingTooLargeError,
  estimateMaxSeconds,
  estimateSeconds,
  measureState,
} from './drawing-budget';
import type { Picture } from './picture';

const pdf = { format: 'pdf', pageSize: 'original', orientation: 'auto' } as const satisfies Picture;
const png = (pixelRatio = 2, page?: number): Picture => ({
  format: 'png',
  page,
  scale: { pixelRatio },
  background: 'white',
});
const BUDGET = 60;

const repeated = (count: number, thing: unknown) => Array.from({ length: count }, () => thing);
const pages = (count: number, page: object) => ({ activePageId: '', pages: repeated(count, page) });
const asWinterboard = (board: object) => ({ ...board, activePageId: undefined });
const largePages = (count: number, page: object) => asWinterboard(pages(count, { width: 4096, height: 4096, ...page }));

const zigzag = (count: number) => Array.from({ length: count }, (_, i) => [(i * 0.01) % 900, i % 2 ? 1180 : 0]);
const pen = (points: unknown) => ({ tool: 'pen', color: '#000000', size: 3, points });
const eraser = { tool: 'eraser', points: zigzag(500) };
const rectangle = { tool: 'rectangle', color: '#ff0000', size: 500, points: [[0, 0]], width: 4096, height: 4096 };
const sticky = { type: 'sticky', x: 0, y: 0, w: 4000, h: 4000 };
const letters = { x: 0, y: 0, text: '字'.repeat(20_000), width: 600 };

const measured = (state: unknown, picture: Picture) => measureState(Buffer.from(JSON.stringify(state)), picture, 64)!;

describe('The estimated drawing time', () => {
  it.each<[string, unknown, Picture, pages?: number]>([
    // Handwriting takes its time to read: ten pages stand for five hundred.
    ['500 pages of a lesson as PNG', lessonBoard(10), png(), 50],
    ['500 pages of a lesson as PDF', lessonBoard(10), pdf, 50],
    ['500 pages with dots', pages(500, { background: { type: 'dots' } }), png()],
    ['500 pages with dots as PDF', pages(500, { background: { type: 'dots' } }), pdf],
    ['500 pages of graph paper', pages(500, { background: { type: 'graph' } }), png()],
    ['500 pages of a Winterboard', asWinterboard(pages(500, { background: 'grid', groups: [] })), png()],
  ])('is within the budget: %s', (_, state, picture, times = 1) => {
    expect(times * measured(state, picture).seconds).toBeLessThan(BUDGET);
  });

  it.each<[string, unknown, Picture]>([
    ['300 empty pages of the largest size', largePages(300, {}), png(4)],
    ['500 pages of the finest dots', pages(500, { background: { type: 'dots', gridSize: 4 } }), png()],
    ['500 pages of the finest dots as PDF', pages(500, { background: { type: 'dots', gridSize: 4 } }), pdf],
    ['a stroke that runs up and down sixty thousand times', pages(1, { strokes: [pen(zigzag(60_000))] }), png()],
    ['four thousand rectangles as large as the page', largePages(1, { strokes: repeated(4_000, rectangle) }), png()],
    ['a thousand shadows as large as the page', largePages(1, { assets: repeated(1_000, sticky) }), png()],
    ['two million letters', pages(100, { texts: [letters] }), png()],
    ['200 erasers on the largest pages', largePages(200, { strokes: [pen(zigzag(9)), eraser] }), pdf],
  ])('exceeds the budget: %s', (_, state, picture) => {
    expect(measured(state, picture).seconds).toBeGreaterThan(BUDGET);
  });

  it('counts the selected pages at their actual pixel ratio', () => {
    const board = largePages(3, { background: 'white' });

    const [whole, one, large] = [measured(board, png(2)), measured(board, png(2, 3)), measured(board, png(4))];

    expect(one.pageCount).toBe(1);
    expect(whole.seconds).toBeCloseTo(3 * one.seconds);
    // A canvas has room for 8192 × 8192 pixels.
    expect(large.seconds).toBeCloseTo(whole.seconds);
  });

  it('never exceeds the upper bound of the whole board', () => {
    const state = lessonBoard(4, 10);

    for (const picture of [png(0.5), png(2), png(4), png(2, 4), pdf]) {
      const { seconds, cost } = measured(state, picture);
      expect(seconds).toBeLessThanOrEqual(estimateMaxSeconds(cost, picture) + 1e-9);
    }
  });

  it('is unknown for a board that cannot be drawn', () => {
    expect(measureState(Buffer.from('{"pages":'), pdf, 64)).toBeNull();
    expect(measureState(Buffer.from(JSON.stringify(pages(501, {}))), pdf, 64)).toBeNull();
    expect(measureState(Buffer.from(JSON.stringify(pages(2, {}))), png(2, 3), 64)).toBeNull();
  });

  it('is zero for no pages', () => {
    expect(estimateSeconds([], pdf)).toBe(0);
  });
});

describe('checkDrawingBudget', () => {
  const refusalOf = (pageCount: number, picture: Picture): string => {
    try {
      checkDrawingBudget({ pageCount, seconds: 100.2 }, picture, BUDGET);
    } catch (error) {
      if (error instanceof DrawingTooLargeError && error.kind === 'unprocessable') return error.message;
    }
    return 'no refusal';
  };

  it('accepts a drawing within the budget', () => {
    expect(() => {
      checkDrawingBudget({ pageCount: 1, seconds: 60 }, pdf, 60);
    }).not.toThrow();
  });

  it('throws the required time, the budget and a suggestion', () => {
    expect(refusalOf(300, png(4))).toBe(
      'The drawing is too large: a PNG at pixel_ratio 4 of 300 pages needs about 101 s of drawing time; at most 60 s are ' +
        'allowed. Lower pixel_ratio, or export fewer pages.',
    );
    expect(refusalOf(1, png(4))).toContain('of one page needs about 101 s');
    expect(refusalOf(40, pdf)).toMatch(/a PDF of 40 pages .* Split the board into boards of fewer pages\.$/);
  });
});
