import sharp from 'sharp';
import { ImageRefusedError } from '../../../platform/images/image-refused-error';
import type { Page } from '../../model/board/board';
import { readBoard } from '../../model/board/board-reader';
import { BoardTooLargeError, PageNotFoundError } from '../../model/board/board-errors';
import { limits } from '../../model/board/limits';
import { parseState, scanState } from '../../model/board/state-json';
import type { Picture } from '../../model/domain/picture';
import type { DrawingTask } from './drawing-protocol';
import { loadFonts } from './fonts';
import { collectGarbage } from './garbage';
import { ImageLibrary } from './image-library';
import { PdfWriter } from './pdf-writer';
import { PngWriter, type PngPicture } from './png-writer';
import { StoppedError, ThreadLine } from './thread-line';

loadFonts();
// One encoding at a time beside the drawing: the machine's cores are shared with other threads like this one.
sharp.concurrency(1);
sharp.cache(false);

/** From here on, what the reading of a board leaves behind is worth the time of collecting it. */
const LARGE_STATE_BYTES = 4 * 1024 * 1024;

/** How many pages are encoded while the next one is drawn. */
const ENCODED_ASIDE = 2;

interface NumberedPage {
  readonly page: Page;
  readonly number: number;
}

/** Draws one board in this thread; all results and errors go over the task's port. */
export async function draw(task: DrawingTask): Promise<void> {
  const isLarge = task.state.byteLength > LARGE_STATE_BYTES;
  await drawBoard(task, isLarge);
  if (isLarge) collectGarbage();
}

async function drawBoard(task: DrawingTask, isLarge: boolean): Promise<void> {
  const { port, picture } = task;
  const line = new ThreadLine(port);
  try {
    const pages = pagesOf(task);
    if (isLarge) collectGarbage();
    line.tell({ kind: 'opened', pageCount: pages.length });
    if (picture.format === 'pdf') await drawPdf(pages, picture, line);
    else await drawPngs(pages, picture, line);
  } catch (error) {
    if (!(error instanceof StoppedError)) line.fail(error);
  } finally {
    port.close();
  }
}

/** @throws MalformedStateError, PageNotFoundError, BoardTooLargeError, BoardTooDeepError */
function pagesOf({ state, maxDepth, picture }: DrawingTask): NumberedPage[] {
  // Boards from before there were limits are refused before they are read, which might take gigabytes.
  const { pageCount } = scanState(state, maxDepth);
  if (pageCount > limits.pages) {
    throw new BoardTooLargeError(`The board has ${pageCount} pages; at most ${limits.pages} can be exported at once.`);
  }
  const { pages } = readBoard(parseState(state));
  const numbered = pages.map((page, index) => ({ page, number: index + 1 }));
  if (picture.format !== 'png' || picture.page === undefined) return numbered;
  const wanted = numbered[picture.page - 1];
  if (wanted === undefined) throw PageNotFoundError.of(picture.page, pages.length);
  return [wanted];
}

async function drawPngs(pages: readonly NumberedPage[], picture: PngPicture, line: ThreadLine): Promise<void> {
  const progress = { number: 0 };
  const warn = (text: string) => {
    line.warn(text);
  };
  const writer = new PngWriter(picture, libraryFor(line, progress), warn);
  const aside: Promise<Uint8Array>[] = [];
  const send = async () => {
    const file = await aside.shift();
    if (file !== undefined) line.tellBytes((bytes) => ({ kind: 'page', png: bytes }), file);
  };
  for (const { page, number } of pages) {
    progress.number = number;
    // Nothing is finished later than necessary: whoever waits for a page gets it before the next one is begun.
    while (aside.length > 0 && !line.isAsked()) await send();
    await line.asked();
    const { file } = await writer.write(page, number);
    // A failed encoding is thrown where it is awaited, not as an unhandled rejection meanwhile.
    file.catch(() => null);
    aside.push(file);
    if (aside.length > ENCODED_ASIDE) await send();
  }
  while (aside.length > 0) await send();
}

async function drawPdf(
  pages: readonly NumberedPage[],
  paper: Extract<Picture, { format: 'pdf' }>,
  line: ThreadLine,
): Promise<void> {
  const progress = { number: 0 };
  const writer = new PdfWriter(paper, libraryFor(line, progress));
  await line.asked();
  for (const [index, { page, number }] of pages.entries()) {
    progress.number = number;
    await writer.add(page);
    line.tell({ kind: 'drawn', pages: index + 1 });
    await line.breathe();
  }
  line.tellBytes((file) => ({ kind: 'pdf', file }), writer.close());
}

function libraryFor(line: ThreadLine, progress: { readonly number: number }): ImageLibrary {
  return new ImageLibrary(
    async (request) => {
      line.requestImage(request);
      const answer = await line.nextAnswer();
      if (answer.kind === 'refused') throw new ImageRefusedError(answer.reason);
      if (answer.kind !== 'image') throw new RangeError('Pixels came without an image');
      return { image: answer.image, strips: stripsFrom(line) };
    },
    (source, reason) => {
      line.warn(`An image on page ${progress.number} is missing (${shortened(source)}): ${reason}.`);
    },
  );
}

async function* stripsFrom(line: ThreadLine): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  for (;;) {
    const answer = await line.nextAnswer();
    // The process that decodes it may end on the way.
    if (answer.kind === 'refused') throw new ImageRefusedError(answer.reason);
    if (answer.kind === 'strip') yield answer.bytes;
  }
}

/** Enough of an address to recognise it: a data URL is a whole file. */
function shortened(source: string): string {
  if (source === '') return 'no address';
  const start = /^\s*data:/i.test(source) ? source.slice(0, Math.min(40, source.indexOf(',') + 1 || 40)) : source;
  return start.length > 120 || start !== source ? `${start.slice(0, 120)}…` : start;
}
