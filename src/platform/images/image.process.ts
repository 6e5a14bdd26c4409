/**
 * The program of an image process. It decodes untrusted images, one at a time, and may be killed at
 * any moment. It receives jobs and sends raw pixels over one inherited socket.
 */
import { once } from 'node:events';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import sharp from 'sharp';
import { lowerProcessPriority } from '../work/low-priority';
import { checkPng, decodeBitmap, shrinkPng } from './bitmap-decoder';
import {
  type DecodingJob,
  type ImageJob,
  ImageRefusedError,
  type ImageReply,
  readFrames,
  writeFrame,
} from './image-protocol';
import { readSvg } from './svg/svg-reader';
import { renderSvg } from './svg/svg-renderer';

const CHANNEL = 3;
/**
 * An SVG is rendered at twice the resolution of its use, so that its edges stay sharp when it is
 * rotated.
 */
const SVG_OVERSAMPLING = 2;
const STRIP_BYTES = 1024 * 1024;
/** More than a process has after its start. */
const GC_THRESHOLD_BYTES = 90 * 1024 * 1024;
const NO_BYTES = new Uint8Array(0);

const channel = new Socket({ fd: CHANNEL, readable: true, writable: true });

/** Ends the process when its socket closes. A regular exit would wait for native code. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

async function send(reply: ImageReply, bytes: Uint8Array = NO_BYTES): Promise<void> {
  if (!writeFrame(channel, reply, bytes)) await once(channel, 'drain');
}

async function perform(job: ImageJob, bytes: Uint8Array): Promise<void> {
  const outcome = await runJob(job, bytes);
  // Before the service measures the memory. Native memory is freed between two turns of the event
  // loop.
  if (process.memoryUsage.rss() > GC_THRESHOLD_BYTES) {
    globalThis.gc?.();
    await nextTurn();
    globalThis.gc?.();
  }
  await send(outcome);
}

async function runJob(job: ImageJob, bytes: Uint8Array): Promise<ImageReply> {
  try {
    if (job.kind === 'check') await checkPng(bytes, job.maxSide);
    else if (job.kind === 'shrink') await send({ kind: 'file' }, await shrinkPng(bytes, job));
    else if (job.kind === 'svg') await drawSvg(job, bytes);
    else await drawBitmap(job, bytes);
    return { kind: 'done' };
  } catch (error) {
    if (!(error instanceof ImageRefusedError)) throw error;
    return { kind: 'refused', reason: error.message };
  }
}

async function drawBitmap(job: DecodingJob, bytes: Uint8Array): Promise<void> {
  const bitmap = await decodeBitmap(bytes, job);
  try {
    await send({ kind: 'image', image: bitmap.image });
    for (const strip of bitmap.strips()) await send({ kind: 'strip' }, strip);
  } finally {
    bitmap.release();
  }
}

async function drawSvg({ uses, ratio, maxPixels, memory }: DecodingJob, bytes: Uint8Array): Promise<void> {
  const document = readSvg(bytes);
  const { size } = document;
  const side = (name: 'width' | 'height') => Math.max(0, ...uses.map((use) => Math.abs(use[name] ?? 0) / size[name]));
  const scale = Math.max(side('width'), side('height')) || 1;
  const { pixels, width, height } = await renderSvg(document, scale * ratio * SVG_OVERSAMPLING, { maxPixels, memory });
  const copies = [{ halvings: 0, width, height }];
  await send({ kind: 'image', image: { ...size, isRendered: true, isOpaque: false, copies } });
  const rows = Math.max(1, Math.floor(STRIP_BYTES / (width * 4))) * width * 4;
  for (let at = 0; at < pixels.length; at += rows) await send({ kind: 'strip' }, pixels.subarray(at, at + rows));
}

sharp.concurrency(1);
sharp.cache(false);
channel.on('error', end);
channel.on('close', end);
let jobs = Promise.resolve();
readFrames(channel, (job, bytes) => {
  jobs = jobs.then(() => perform(job as ImageJob, bytes)).catch(end);
});
// Only after loading, so that the process is ready soon.
lowerProcessPriority();
void send({ kind: 'ready' });
