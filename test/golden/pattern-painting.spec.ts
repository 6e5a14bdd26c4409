import { createCanvas } from '@napi-rs/canvas';
import type { Page, Pattern } from '../../src/solo/model/board/board';
import { paintPage, paintPaper } from '../../src/solo/infrastructure/drawing/page-painter';
import type { PaintBeneath } from '../../src/solo/infrastructure/drawing/pattern-painter';

const graph: Pattern = { kind: 'graph', step: 20, colour: '#e5e7eb', lineWidth: 1, reachesEdge: false };
const dots: Pattern = { kind: 'dots', step: 20, colour: 'rgba(156, 163, 175, 0.7)', lineWidth: 1, reachesEdge: false };

interface Sheet {
  readonly pattern: Pattern;
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
  readonly colour?: string;
  readonly hasPaper?: boolean;
  readonly offset?: number;
}

/** The pixels of a page that has only a pattern. */
function paint(sheet: Sheet, isPaperKnown: boolean): Buffer {
  const { pattern, width, height, ratio, colour = '#ffffff', hasPaper = true, offset = 0 } = sheet;
  const page: Page = {
    size: { width, height },
    background: { colour, pattern, image: null },
    assets: [],
    strokes: [],
    shapes: [],
    texts: [],
  };
  const canvas = createCanvas(Math.floor(width * ratio) + 2 * offset, Math.floor(height * ratio) + 2 * offset);
  const context = canvas.getContext('2d');
  const paper: PaintBeneath = (target, size) => {
    if (hasPaper) paintPaper(target, page, size);
  };
  paper(context, canvas);
  context.translate(offset, offset);
  context.scale(ratio, ratio);
  const surface = { kind: 'raster', context, ratio } as const;
  paintPage(page, { surface, images: () => null, paper: isPaperKnown ? paper : undefined });
  return canvas.data();
}

describe('A pattern that is painted in bands', () => {
  it.each<[string, Sheet]>([
    ['graph paper', { pattern: graph, width: 920, height: 1200, ratio: 2 }],
    ['dots', { pattern: dots, width: 920, height: 1200, ratio: 2 }],
    ['graph paper of an odd size', { pattern: graph, width: 333, height: 257, ratio: 2 }],
    ['dots on the edge', { pattern: { ...dots, reachesEdge: true }, width: 400, height: 300, ratio: 2 }],
    ['graph paper to the edge', { pattern: { ...graph, reachesEdge: true }, width: 400, height: 300, ratio: 2 }],
    ['wide squares', { pattern: { ...graph, step: 48 }, width: 920, height: 1200, ratio: 1 }],
    ['wide dots at ratio 1', { pattern: { ...dots, step: 32 }, width: 920, height: 1200, ratio: 1 }],
    ['the finest dots', { pattern: { ...dots, step: 4 }, width: 120, height: 90, ratio: 1 }],
    ['the finest squares', { pattern: { ...graph, step: 4 }, width: 120, height: 90, ratio: 2 }],
    ['a ratio that is rounded', { pattern: graph, width: 920, height: 1200, ratio: 1.1 }],
    ['a broken step', { pattern: { ...dots, step: 20.3 }, width: 920, height: 1200, ratio: 2 }],
    ['one and a half', { pattern: { ...graph, step: 32 }, width: 500, height: 400, ratio: 1.5 }],
    ['a colour', { pattern: dots, width: 300, height: 200, ratio: 2, colour: 'rgba(255, 240, 200, 0.5)' }],
    ['no paper', { pattern: dots, width: 300, height: 200, ratio: 2, hasPaper: false }],
    ['squares without paper', { pattern: graph, width: 300, height: 200, ratio: 2, hasPaper: false }],
    ['a frame', { pattern: graph, width: 300, height: 200, ratio: 2, offset: 13 }],
    ['a low page', { pattern: graph, width: 300, height: 30, ratio: 2 }],
  ])('has the pixels of one that is painted whole: %s', (_, sheet) => {
    expect(paint(sheet, true).equals(paint(sheet, false))).toBe(true);
  });
});
