/** Boards in the format of the front end. */
export interface BoardState {
  readonly id: string;
  readonly name: string;
  readonly activePageId: string;
  readonly pages: readonly object[];
}

/** A board of one page with a stroke and a text. */
export function noteBoard(text = 'Привіт'): BoardState {
  return boardOf([{ strokes: [stroke(1), { ...word(text) }] }]);
}

/** A board of several pages with a stroke each. */
export function pagesBoard(pages: number): BoardState {
  return boardOf(Array.from({ length: pages }, (_, page) => ({ strokes: [stroke(page + 1)] })));
}

/**
 * A board full of handwriting, deterministic. A page of a real lesson has about 50 strokes of 140 points and takes 50 ms to
 * draw.
 */
export function lessonBoard(pages: number, strokesPerPage = 50): BoardState {
  return boardOf(
    Array.from({ length: pages }, (_, page) => ({
      strokes: Array.from({ length: strokesPerPage }, (_, line) => stroke(page * 1000 + line, 140)),
    })),
  );
}

function boardOf(pages: readonly object[]): BoardState {
  const numbered = pages.map((page, index) => ({
    id: `page-${index + 1}`,
    name: `Page ${index + 1}`,
    strokes: [],
    shapes: [],
    texts: [],
    background: 'white',
    ...page,
  }));
  return { id: 'ws-1', name: 'Board', pages: numbered, activePageId: 'page-1' };
}

function stroke(seed: number, points = 12): object {
  const startX = 40 + ((seed * 37) % 700);
  const startY = 40 + ((seed * 53) % 1100);
  return {
    id: `stroke-${seed}`,
    tool: 'pen',
    color: '#2563eb',
    size: 3,
    opacity: 1,
    points: Array.from({ length: points }, (_, at) => ({
      x: rounded(startX + at * 1.3 + 9 * Math.sin(at / 3 + seed)),
      y: rounded(startY + 14 * Math.cos(at / 4 + seed)),
    })),
  };
}

function word(text: string): object {
  return { id: 'text-1', tool: 'text', color: '#000000', size: 6, opacity: 1, points: [{ x: 60, y: 60 }], text };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
