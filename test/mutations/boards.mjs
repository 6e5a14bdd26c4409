// @ts-check
// Boards, as they are read.

/** @type {import('../../dev/mutation/mutations.mjs').Mutation[]} */
export const boards = [
  {
    name: 'eraser-by-tool-only',
    breaks: 'a stroke that erases is drawn as ink, and what it erased is shown again',
    file: 'src/solo/model/board/winterboard-page.ts',
    search: "field(stroke, 'composite') === 'destination-out' || tool === 'eraser'",
    replace: "tool === 'eraser'",
    tests: ['src/solo/model/board/board-reader.spec.ts'],
  },
  {
    name: 'points-not-counted',
    breaks: 'a board with any number of points is drawn until the memory is full',
    file: 'src/solo/model/board/point-reader.ts',
    search: 'this.count += 1;',
    replace: 'this.count = 1;',
    tests: ['src/solo/model/board/board-reader.spec.ts', 'src/solo/model/board/point-reader.spec.ts'],
  },
  {
    name: 'pages-of-last-list-added',
    breaks: 'a board whose pages come twice has a wrong number of pages',
    file: 'src/solo/model/board/state-json.ts',
    search: '    this.pages = 0;\n  }',
    replace: '  }',
    tests: ['src/solo/model/board/state-json.spec.ts'],
  },
];
