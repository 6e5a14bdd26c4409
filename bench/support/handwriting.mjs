// @ts-check
// A board full of handwriting, the same at every run.

const page = { width: 900, height: 1200 };

/**
 * @param {{ strokes: number, pointsPerStroke: number }} size
 * @returns {string} the board's JSON
 */
export function handwrittenBoard({ strokes, pointsPerStroke }) {
  const random = generator(20251213);
  const written = Array.from({ length: strokes }, (_, index) => ({
    id: `stroke-${index}`,
    tool: 'pen',
    color: '#000000',
    size: 2,
    opacity: 1,
    points: scribble(pointsPerStroke, random),
  }));
  const only = { id: 'page-1', name: 'Page 1', strokes: written, shapes: [], texts: [], background: { type: 'grid' } };
  return JSON.stringify({ id: 'bench', name: 'Handwriting', pages: [only], activePageId: only.id, zoom: 1 });
}

/** Loops along a line, as a hand makes them. @param {number} count @param {() => number} random */
function scribble(count, random) {
  const start = { x: 40 + random() * (page.width - 240), y: 40 + random() * (page.height - 80) };
  const loops = 3 + random() * 5;
  const height = 5 + random() * 10;
  return Array.from({ length: count }, (_, index) => {
    const turn = (index / count) * loops * 2 * Math.PI;
    return {
      x: tenth(start.x + (index / count) * 150 + Math.cos(turn) * height * 0.6 + random()),
      y: tenth(start.y + Math.sin(turn) * height + random()),
    };
  });
}

/** @param {number} value */
const tenth = (value) => Math.round(value * 10) / 10;

/** Mulberry32: numbers between 0 and 1 that depend on the seed alone. @param {number} seed */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
