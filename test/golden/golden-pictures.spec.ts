import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BoardPainter } from '../../src/solo/infrastructure/drawing/board-painter';
import { drawnPage, exampleBoards, goldenSet, NoAssets, readState, repositoryRoot, type Golden } from './golden-set';
import { pictureDifference } from './picture-difference';

/** The antialiasing of text depends on the machine that drew the reference. */
const WITH_TEXT = 1e-3;
const WITHOUT_TEXT = 1e-4;
const boardsWithText = /^(04|07|08|10|13)-/;

/** The complete set is too large for the repository; it is compared where it exists beside it. */
const shared = join(repositoryRoot, '..', 'shared', 'boards');
const sets = [
  { name: 'in the repository', boards: exampleBoards, goldens: goldenSet(join(__dirname, 'reference')) },
  { name: 'beside the repository', boards: shared, goldens: goldenSet(join(shared, 'reference')) },
].filter(({ boards, goldens }) => boards !== shared || goldens.length > 0);

describe.each(sets)('The pictures $name', ({ boards, goldens }) => {
  const painter = new BoardPainter({ threads: 1, assets: new NoAssets() });

  afterAll(() => painter.onApplicationShutdown());

  it.each(goldens)('$board, page $page', async ({ board, page, picture }: Golden) => {
    const state = readState(boards, board);

    const drawn = await drawnPage(painter, state, page);

    const tolerance = boardsWithText.test(board) ? WITH_TEXT : WITHOUT_TEXT;
    expect(await pictureDifference(drawn, readFileSync(picture))).toBeLessThanOrEqual(tolerance);
  });
});
