import sharp from 'sharp';
import type { ExportWarning } from '../../../formats';
import { ImageRefusedError } from '../../../platform/images/image-protocol';
import { lowerThreadPriority } from '../../../platform/work/low-priority';
import { checkDrawingBudget, estimateSeconds, type NumberedPage, readPages } from '../../model/domain/drawing-budget';
import type { Picture } from '../../model/domain/picture';
import type { DrawingTask } from './drawing-protocol';
import { loadFonts } from './fonts';
import { collectGarbage } from './garbage';
import { ImageLibrary } from './image-library';
import { PdfWriter } from './pdf-writer';
import { type PngPicture, PngWriter } from './png-writer';
import { RenderThreadChannel, StoppedError } from './render-thread-channel';
import { type SvgPicture, SvgWriter } from './svg/svg-writer';

lowerThreadPriority();
loadFonts();
// One encoder beside the drawing: other threads like this one share the cores.
sharp.concurrency(1);
sharp.cache(false);

/** From this size on, the garbage of parsing is worth an explicit collection. */
const LARGE_STATE_BYTES = 4 * 1024 * 1024;

/** Pages that are encoded while the next one is drawn, which takes longer. Each takes 4 bytes of memory for a pixel. */
const PARALLEL_ENCODINGS = 1;

/** Draws one board in this thread. All results and errors go over the task's port. */
export async function draw(task: DrawingTask): Promise<void> {
  const isLarge = task.state.byteLength > LARGE_STATE_BYTES;
  await drawBoard(task, isLarge);
  if (isLarge) collectGarbage();
}

async function drawBoard(task: DrawingTask, isLarge: boolean): Promise<void> {
  const { port, state, maxDepth, picture, budgetSeconds } = task;
  const channel = new RenderThreadChannel(port);
  try {
    const { selected: pages } = readPages(state, picture, maxDepth);
    // The board may have grown since the export was requested.
    const seconds = estimateSeconds(pages, picture);
    checkDrawingBudget({ pageCount: pages.length, seconds }, picture, budgetSeconds);
    if (isLarge) collectGarbage();
    channel.sendOpened(pages.length, state);
    if (picture.format === 'pdf') await drawPdf(pages, picture, channel);
    else if (picture.format === 'svg') await drawSvgs(pages, picture, channel);
    else await drawPngs(pages, picture, channel);
  } catch (error) {
    if (!(error instanceof StoppedError)) channel.fail(error);
  } finally {
    port.close();
  }
}

async function drawPngs(
  pages: readonly NumberedPage[],
  picture: PngPicture,
  channel: RenderThreadChannel,
): Promise<never> {
  const progress = { number: 0 };
  const warn = (warning: ExportWarning) => {
    channel.warn(warning);
  };
  const writer = new PngWriter(picture, createLibrary(channel, progress), channel.largePages, warn);
  const encodings: Promise<Uint8Array>[] = [];
  const sendNext = async () => {
    const file = await encodings.shift();
    if (file !== undefined) channel.sendBytes((bytes) => ({ kind: 'page', png: bytes }), file);
  };
  // Other threads may draw some of the pages; it ends when it is stopped.
  for (;;) {
    // Without demand, the reader waits for a page: send it before the next one is started.
    while (encodings.length > 0 && !channel.hasRequestedPage()) await sendNext();
    const requested = pages[await channel.nextPage()];
    if (requested === undefined) throw new RangeError('The board has no such page');
    const { page, number } = requested;
    progress.number = number;
    const { file } = await writer.write(page, number);
    // A failed encoding is thrown where it is awaited; until then it must not be an unhandled
    // rejection.
    file.catch(() => null);
    encodings.push(file);
    if (encodings.length > PARALLEL_ENCODINGS) await sendNext();
  }
}

async function drawPdf(
  pages: readonly NumberedPage[],
  paper: Extract<Picture, { format: 'pdf' }>,
  channel: RenderThreadChannel,
): Promise<void> {
  const progress = { number: 0 };
  const writer = new PdfWriter(paper, createLibrary(channel, progress));
  await channel.waitForDemand();
  for (const [index, { page, number }] of pages.entries()) {
    progress.number = number;
    await writer.add(page);
    channel.send({ kind: 'drawn', pages: index + 1 });
    await channel.yieldToEventLoop();
  }
  channel.sendBytes((file) => ({ kind: 'pdf', file }), writer.close());
}

async function drawSvgs(
  pages: readonly NumberedPage[],
  picture: SvgPicture,
  channel: RenderThreadChannel,
): Promise<void> {
  const progress = { number: 0 };
  const writer = new SvgWriter(picture, createLibrary(channel, progress));
  for (const { page, number } of pages) {
    progress.number = number;
    await channel.waitForDemand();
    for await (const { bytes, isLast } of writer.write(page)) {
      channel.sendBytes((part) => ({ kind: 'part', bytes: part, isLast }), bytes);
      if (!isLast) await channel.waitForDemand();
    }
  }
}

function createLibrary(channel: RenderThreadChannel, progress: { readonly number: number }): ImageLibrary {
  return new ImageLibrary(
    async (request) => {
      channel.requestImage(request);
      const reply = await channel.nextReply();
      if (reply.kind === 'refused') throw new ImageRefusedError(reply.reason);
      if (reply.kind !== 'image') throw new RangeError('Pixels arrived without an image');
      return { image: reply.image, strips: readStrips(channel) };
    },
    (source, reason) => {
      const text = `An image on page ${progress.number} is missing (${shorten(source)}): ${reason}.`;
      channel.warn({ code: 'image-missing', text });
    },
  );
}

async function* readStrips(channel: RenderThreadChannel): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  for (;;) {
    const reply = await channel.nextReply();
    // The decoding process may end before the last strip.
    if (reply.kind === 'refused') throw new ImageRefusedError(reply.reason);
    if (reply.kind === 'strip') yield reply.bytes;
  }
}

/** Shortens an address for a warning: a data URL is a whole file. */
function shorten(source: string): string {
  if (source === '') return 'no address';
  const start = /^\s*data:/i.test(source) ? source.slice(0, Math.min(40, source.indexOf(',') + 1 || 40)) : source;
  return start.length > 120 || start !== source ? `${start.slice(0, 120)}…` : start;
}
