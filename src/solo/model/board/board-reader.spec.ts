import { BoardTooLargeError } from './board-errors';
import { readBoard } from './board-reader';
import type { BoardElement } from './board';
import { Points } from './points';

const pen = (changes: object = {}) => ({
  tool: 'pen',
  color: '#ff0000',
  size: 4,
  opacity: 1,
  points: [
    { x: 1, y: 2 },
    { x: 3, y: 4 },
  ],
  ...changes,
});
const soloBoard = (page: object) => ({ activePageId: 'p', pages: [page] });
const winterboard = (page: object) => ({ currentPageIndex: 0, pages: [{ background: 'white', ...page }] });
const strokesOf = (state: unknown): readonly BoardElement[] => readBoard(state).pages[0]!.strokes;

describe('readBoard', () => {
  it.each([
    ['null', null],
    ['a number', 7],
    ['a text', 'board'],
    ['an empty object', {}],
    ['an empty list', []],
    ['a board without pages', { activePageId: '', pages: [] }],
    ['pages that are none', { activePageId: '', pages: [null, 7, 'page', []] }],
  ])('reads one empty page from %s', (_, state) => {
    const board = readBoard(state);

    expect(board.pages).toHaveLength(1);
    expect(board.pages[0]).toMatchObject({ size: { width: 920, height: 1200 }, strokes: [], shapes: [], assets: [] });
  });

  it.each([
    ['solo', soloBoard({ background: 'grid' })],
    ['solo', { pages: [{ shapes: [] }] }],
    ['solo', { strokes: [pen()] }],
    ['classroom', { currentPageIndex: 0, pages: [{ strokes: [] }] }],
    ['classroom', { pages: [{ assets: [{ type: 'image', w: 1, h: 1 }] }] }],
    ['winterboard', { currentPageIndex: 0, pages: [{ background: 'white' }] }],
    ['winterboard', { pages: [{ width: 794, height: 1123 }] }],
    ['winterboard', { pages: [{ groups: [] }] }],
    ['winterboard', { pages: [{ assets: [{ type: 'sticky' }] }] }],
    ['winterboard', { pages: [{ background: { type: 'pdf' } }] }],
  ])('detects a board of the generation %s', (generation, state) => {
    expect(readBoard(state).generation).toBe(generation);
  });

  it('reads the page of the oldest boards from a list or from root strokes', () => {
    const stroke = pen({ size: undefined, thickness: 7, tool: undefined });

    expect(strokesOf([stroke])).toMatchObject([{ kind: 'freehand', options: { size: 7 } }]);
    expect(strokesOf({ strokes: [stroke] })).toEqual(strokesOf([stroke]));
  });

  it('reads the size of an imported page, or the default when it is invalid', () => {
    const sizes = [794.5, 1e9, -1, '900', undefined].map(
      (width) => readBoard(winterboard({ width, height: 1123 })).pages[0]!.size.width,
    );

    expect(sizes).toEqual([794.5, 4096, 1920, 1920, 1920]);
  });

  it('skips invalid points', () => {
    const points = [{ x: 1, y: 2 }, null, [3, 4], { x: 1e8, y: 0 }, { x: '1', y: 2 }, [1], JSON.parse('[1e999, 1]')];

    const [freehand] = strokesOf(soloBoard({ strokes: [pen({ points })] }));

    expect(freehand).toMatchObject({
      points: Points.of([
        [1, 2, 0.5],
        [3, 4, 0.5],
      ]),
    });
  });

  it('clamps sizes and opacities', () => {
    const strokes = [pen({ size: 1e300, opacity: 99 }), pen({ size: -5, opacity: -1 }), pen({ opacity: null })];

    const elements = strokesOf(soloBoard({ strokes }));

    expect(elements).toMatchObject([
      { options: { size: 500 }, opacity: 1 },
      { options: { size: 0 }, opacity: 0 },
      { opacity: 1 },
    ]);
  });

  it('reads a highlighter of the solo board with an opacity of 0.4', () => {
    const elements = strokesOf(soloBoard({ strokes: [pen({ tool: 'highlighter', opacity: 1 })] }));

    expect(elements).toMatchObject([{ kind: 'freehand', opacity: 0.4, multiply: false }]);
  });

  it.each([
    ['the solo board', soloBoard],
    ['the Winterboard', winterboard],
    ['the classroom board', (page: object) => ({ currentPageIndex: 0, pages: [page] })],
  ])('reads erasers of %s by tool and by composite', (_, boardOf) => {
    const strokes = [pen({ tool: 'eraser' }), pen({ composite: 'destination-out' }), pen({ composite: 'xor' })];

    expect(strokesOf(boardOf({ strokes })).map(({ kind }) => kind)).toEqual(['eraser', 'eraser', 'freehand']);
  });

  it('leaves out what the front end does not draw', () => {
    const strokes = [pen({ tool: 'laser' }), pen({ color: undefined }), pen({ points: [{ x: 1, y: 1 }] }), 7, null, []];

    expect(strokesOf(soloBoard({ strokes }))).toEqual([]);
  });

  it('gives a line with arrowStart both heads unless arrowEnd is false', () => {
    const line = { type: 'line', color: 'red', startX: 0, startY: 0, endX: 9, endY: 9 };
    const shapes = [line, { ...line, arrowStart: true }, { ...line, arrowStart: true, arrowEnd: false }];

    expect(readBoard(soloBoard({ shapes })).pages[0]!.shapes).toMatchObject([
      { kind: 'line', lineWidth: 2 },
      { kind: 'arrow', headAtStart: true, headAtEnd: true, headLength: 15 },
      { kind: 'arrow', headAtStart: true, headAtEnd: false },
    ]);
  });

  it('reads a circle by its radius, or by its box where it has none', () => {
    const circle = { type: 'circle', color: 'red' };
    const shapes = [
      { ...circle, x: 10, y: 20, radius: 5, startX: 1 },
      { ...circle, startX: 0, startY: 0, endX: 20, endY: -10 },
      { ...circle, radius: -5 },
    ];

    expect(readBoard(soloBoard({ shapes })).pages[0]!.shapes).toMatchObject([
      { x: 10, y: 20, radiusX: 5, radiusY: 5 },
      { x: 10, y: -5, radiusX: 10, radiusY: 5 },
    ]);
  });

  it('orders assets of the solo board by zIndex', () => {
    const asset = (src: string, zIndex: unknown) => ({ type: 'image', src, zIndex, width: 1, height: 1 });
    const assets = [asset('c', 2), asset('a', -1), asset('d', 2), asset('b', 'top')];

    const sources = readBoard(soloBoard({ assets })).pages[0]!.assets.map((each) => 'source' in each && each.source);

    expect(sources).toEqual(['a', 'b', 'c', 'd']);
  });

  it('clamps the step of a pattern', () => {
    const steps = [1e-9, -20, 0, 30, undefined, 1e9].map(
      (gridSize) => readBoard(soloBoard({ background: { type: 'grid', gridSize } })).pages[0]!.background.pattern!.step,
    );

    expect(steps).toEqual([4, 20, 20, 30, 20, 4096]);
  });

  it('ignores the colour of a former background', () => {
    const background = { type: 'grid', color: '#ff0000' };

    expect(readBoard(soloBoard({ background })).pages[0]!.background.colour).toBe('#ffffff');
  });

  it('simulates the pressure of a mouse and reads that of a pen', () => {
    const path = (pressure: number) => [
      { x: 1, y: 1, pressure: 0.5 },
      { x: 2, y: 2, pressure },
    ];
    const strokes = [pen({ points: path(0.5) }), pen({ points: path(0.7) }), pen()];

    expect(strokesOf(winterboard({ strokes }))).toMatchObject([
      { options: { simulatePressure: true } },
      { options: { simulatePressure: false } },
      { options: { simulatePressure: true } },
    ]);
  });

  it('reduces the opacity of locked elements on the Winterboard, but not on the classroom board', () => {
    const strokes = [pen({ locked: true, tool: 'highlighter', opacity: 0.4 }), pen({ locked: true })];

    expect(strokesOf(winterboard({ strokes }))).toMatchObject([{ opacity: 0.4, multiply: true }, { opacity: 0.85 }]);
    expect(strokesOf({ currentPageIndex: 0, pages: [{ strokes }] })).toMatchObject([{ opacity: 0.4 }, { opacity: 1 }]);
  });

  it('reads own fields only and does not pollute prototypes', () => {
    const state: unknown = JSON.parse(
      '{"__proto__": {"pages": [{}, {}]}, "constructor": {"prototype": {"polluted": 1}}, "activePageId": "", "pages": [{"__proto__": {"strokes": [1]}}]}',
    );

    expect(readBoard(state).pages).toHaveLength(1);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('refuses a board with too many points', () => {
    const points = Array.from<number>({ length: 2_600_000 }).fill(0);

    expect(() => readBoard(soloBoard({ strokes: [pen({ points }), pen({ points })] }))).toThrow(BoardTooLargeError);
  });
});
