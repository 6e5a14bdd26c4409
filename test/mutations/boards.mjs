// @ts-check
// Boards, as they are read.

/** @type {import('../../dev/mutation/mutations.mjs').Mutation[]} */
export const boards = [
  {
    name: 'eraser-by-tool-only',
    breaks: 'a stroke that erases is drawn as ink, and what it erased is shown again',
    file: 'src/solo/model/board/winterboard-marks.ts',
    search: "field(stroke, 'composite') === 'destination-out' || tool === 'eraser'",
    replace: "tool === 'eraser'",
    tests: ['src/solo/model/board/board-reader.spec.ts'],
  },
  {
    name: 'points-not-counted',
    breaks: 'a board of any number of points is drawn until the memory is full',
    file: 'src/solo/model/board/point-reader.ts',
    search: 'this.count += entries.length;',
    replace: 'this.count = entries.length;',
    tests: ['src/solo/model/board/board-reader.spec.ts'],
  },
  {
    name: 'stored-pages-not-counted',
    breaks: 'a board with millions of pages from before the limit is read as a whole to be drawn',
    file: 'src/solo/infrastructure/drawing/drawing.worker.ts',
    search: 'if (pageCount > limits.pages)',
    replace: 'if (pageCount > limits.pages * 1e9)',
    tests: ['test/golden/board-painter.spec.ts'],
    needsBuild: true,
  },
  {
    name: 'pages-of-last-list-added',
    breaks: 'a board whose pages come twice has a wrong number of pages',
    file: 'src/solo/model/board/page-counter.ts',
    search: '    this.pages = 0;\n  }',
    replace: '  }',
    tests: ['src/solo/model/board/state-json.spec.ts'],
  },
];
