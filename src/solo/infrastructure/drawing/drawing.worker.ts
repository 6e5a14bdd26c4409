import type { ExportWarning } from '../../../formats';
import sharp from 'sharp';
import { ImageRefusedError } from '../../../platform/images/image-refused-error';
import { checkDrawingBudget, drawingSeconds } from '../../model/domain/drawing-budget';
import { pagesOf, type NumberedPage } from '../../model/domain/drawn-pages';
import type { Picture } from '../../model/domain/picture';
import type { DrawingTask } from './drawing-protocol';
import { loadFonts } from './fonts';
import { collectGarbage } from './garbage';
import { ImageLibrary } from './image-library';
import { PdfWriter } from './pdf-writer';
import { PngWriter, type PngPicture } from './png-writer';
import { StoppedError, RenderThreadChannel } from './render-thread-channel';

loadFonts();
// One encoding at a time beside the drawing: the machine's cores are shared with other threads like this one.
sharp.concurrency(1);
sharp.cache(false);

/** From here on, what the reading of a board leaves behind is worth the time of collecting it. */
const LARGE_STATE_BYTES = 4 * 1024 * 1024;

/** How many pages are encoded while the next one is drawn. */
const ENCODED_ASIDE = 2;

/** Draws one board in this thread; all results and errors go over the task's port. */
export async function draw(task: DrawingTask): Promise<void> {
  const isLarge = task.state.byteLength > LARGE_STATE_BYTES;
  await drawBoard(task, isLarge);
  if (isLarge) collectGarbage();
}

async function drawBoard(task: DrawingTask, isLarge: boolean): Promise<void> {
  const { port, state, maxDepth, picture, budgetSeconds } = task;
  const line = new RenderThreadChannel(port);
  try {
    const { drawn: pages } = pagesOf(state, picture, maxDepth);
    // The board may have grown since the export was asked for.
    const seconds = drawingSeconds(pages, picture);
    checkDrawingBudget({ pageCount: pages.length, seconds }, picture, budgetSeconds);
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

async function drawPngs(pages: readonly NumberedPage[], picture: PngPicture, line: RenderThreadChannel): Promise<void> {
  const progress = { number: 0 };
  const warn = (warning: ExportWarning) => {
    line.warn(warning);
  };
  const writer = new PngWriter(picture, libraryFor(line, progress), line.largePages, warn);
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
  line: RenderThreadChannel,
): Promise<void> {
  const progress = { number: 0 };
  const writer = new PdfWriter(paper, libraryFor(line, progress));
  await line.asked();
  for (const [index, { page, number }] of pages.entries()) {
    progress.number = number;
    await writer.add(page);
    line.tell({ kind: 'drawn', pages: index + 1 });
    await line.yieldToEventLoop();
  }
  line.tellBytes((file) => ({ kind: 'pdf', file }), writer.close());
}

function libraryFor(line: RenderThreadChannel, progress: { readonly number: number }): ImageLibrary {
  return new ImageLibrary(
    async (request) => {
      line.requestImage(request);
      const answer = await line.nextAnswer();
      if (answer.kind === 'refused') throw new ImageRefusedError(answer.reason);
      if (answer.kind !== 'image') throw new RangeError('Pixels came without an image');
      return { image: answer.image, strips: stripsFrom(line) };
    },
    (source, reason) => {
      const text = `An image on page ${progress.number} is missing (${shortened(source)}): ${reason}.`;
      line.warn({ code: 'image-missing', text });
    },
  );
}

async function* stripsFrom(line: RenderThreadChannel): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
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
