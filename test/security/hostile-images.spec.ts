import { Logger } from '@nestjs/common';
import { BoardPainter } from '../../src/solo/infrastructure/drawing/board-painter';
import { ImageProcesses } from '../../src/platform/images/image-processes';
import { NoAssets, pagesOf } from '../golden/golden-set';
import { childrenOf, cpuMsOf, endedChildrenCpuMs, isRunning, memoryOf, programOf } from '../support/child-processes';
import { startCpuClock } from '../support/cpu-time';
import {
  dashBomb,
  embeddedBomb,
  manyScans,
  nestedMasks,
  nestedSvg,
  slowSvg,
  soundPhoto,
  svgUrl,
  useBomb,
} from '../support/hostile-images';
import { Installation } from '../support/installation';
import { pixelsOf } from '../support/pixels';
import { until } from '../support/until';

const png = { format: 'png', scale: { pixelRatio: 2 }, background: 'white' } as const;
const SOUND = svgUrl('<rect width="400" height="400" fill="lime"/>');
const MEMORY_MB = 512;
/** For one image. */
const MAX_CPU_MS = 500;

/** A page of images in separate squares; the last one is valid. */
const boardOf = (...sources: string[]) => {
  const place = (src: string, index: number) => ({ type: 'image', src, x: 100 * index, y: 0, width: 90, height: 90 });
  return JSON.stringify({ activePageId: '', pages: [{ assets: [...sources, SOUND].map(place) }] });
};
/** One image over the whole page. */
const largeBoardOf = (src: string) =>
  JSON.stringify({
    activePageId: '',
    pages: [{ assets: [{ type: 'image', src, x: 0, y: 0, width: 900, height: 900 }] }],
  });
const colourAt = async (file: Uint8Array, x: number, y: number) => (await pixelsOf(file))(2 * x, 2 * y);
const LIME = [0, 255, 0, 255];

describe('A board with hostile images', () => {
  let images: ImageProcesses;
  let painter: BoardPainter;
  const imageProcesses = () => childrenOf(process.pid).filter(isImageProcess);

  /** Counts what image processes compute from now on, in milliseconds, also those that end. */
  const startImageClock = () => {
    const count = () => imageProcesses().reduce((sum, pid) => sum + cpuMsOf(pid), endedChildrenCpuMs());
    const before = count();
    return () => count() - before;
  };

  beforeAll(() => {
    // It warns of each process that is killed.
    Logger.overrideLogger(false);
    images = new ImageProcesses({ processes: 3, memoryMb: MEMORY_MB, maxCpuMs: MAX_CPU_MS });
    painter = new BoardPainter({ threads: 4, assets: new NoAssets(), images });
  });
  afterAll(() => Promise.all([painter.onApplicationShutdown(), images.close()]));

  const draw = async (state: string, { account = 'ann', signal = new AbortController().signal } = {}) => {
    const board = { account, purpose: 'export' as const, readState: () => Promise.resolve(Buffer.from(state)) };
    const drawing = await painter.open(board, png, signal);
    const [file] = await pagesOf(drawing);
    return { file: file!, warnings: drawing.warnings.map(({ text }) => text) };
  };

  it('is drawn without rejected images and has a warning for each', async () => {
    const state = boardOf(useBomb(), dashBomb(), await embeddedBomb(), nestedSvg());
    const cpuMs = startCpuClock();
    const imageMs = startImageClock();

    const { file, warnings } = await draw(state);

    expect(warnings.map((text) => text.replace(/^.*: /, ''))).toEqual([
      'the SVG file takes too long to draw.',
      'the SVG file takes too long to draw.',
      expect.stringMatching(/^the SVG file takes too long(, or too much memory,)? to draw\.$/),
      'the SVG file embeds something that is not an image.',
    ]);
    expect(await colourAt(file, 445, 45)).toEqual(LIME);
    expect(cpuMs() + imageMs()).toBeLessThan(10_000);
  });

  it('is drawn without an image that takes too long, and its process is killed', async () => {
    const { file, warnings } = await draw(boardOf(await manyScans()));

    expect(warnings).toEqual([expect.stringContaining('it takes too long to draw')]);
    expect(await colourAt(file, 145, 45)).toEqual(LIME);
  });

  it('rejects a known image at once on any board', async () => {
    await draw(largeBoardOf(slowSvg()));

    // The cheapest of several: one may pay for the start of a process.
    let cheapest = Infinity;
    for (let times = 0; times < 3; times += 1) {
      const imageMs = startImageClock();
      const { warnings } = await draw(largeBoardOf(slowSvg()));
      cheapest = Math.min(cheapest, imageMs());
      expect(warnings).toEqual([expect.stringContaining('it takes too long to draw')]);
    }

    expect(cheapest).toBeLessThan(MAX_CPU_MS / 2);
  });

  it('keeps the memory of the image processes within its limit', async () => {
    let most = 0;
    const looking = setInterval(() => {
      most = Math.max(
        most,
        imageProcesses().reduce((sum, pid) => sum + memoryOf(pid), 0),
      );
    }, 10);

    await Promise.all([nestedMasks(40), nestedMasks(41), nestedMasks(42)].map((mask) => draw(largeBoardOf(mask))));

    clearInterval(looking);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(MEMORY_MB + 64);
  });

  it('does not block the board of another account', async () => {
    let drawn = 0;
    const leaving = new AbortController();
    const hostile = [1, 2, 3, 4, 5, 6].map((seed) =>
      draw(boardOf(slowSvg(seed), slowSvg(seed + 10)), { account: 'eve', signal: leaving.signal }).then(
        () => (drawn += 1),
      ),
    );
    await until('hostile images are being drawn', () => imageProcesses().length > 0);

    const { file, warnings } = await draw(boardOf(await soundPhoto(800, 600)));

    expect(warnings).toEqual([]);
    expect(await colourAt(file, 145, 45)).toEqual(LIME);
    expect(drawn).toBeLessThan(hostile.length - 1);
    leaving.abort();
    await Promise.allSettled(hostile);
  });

  it('is drawn completely after its image process was killed from outside', async () => {
    const drawn = draw(boardOf(await soundPhoto(2000, 1500)));
    await until('a process is there', () => imageProcesses().length > 0);
    for (const pid of imageProcesses()) process.kill(pid, 'SIGKILL');

    const { warnings } = await drawn;

    expect(warnings).toEqual([]);
  });
});

describe('A service that is killed', () => {
  it('leaves no image process behind', async () => {
    const { installation, service } = await Installation.withService({ STORAGE: 'disk' });
    const ann = await installation.asUser('ann');
    await ann.requestExport(await ann.saveBoard(largeBoardOf(slowSvg())), 'png');
    await until('an image is being drawn', () => childrenOf(service.processId).some(isImageProcess));
    const children = childrenOf(service.processId);

    await service.kill('SIGKILL');

    await until('the processes are gone', () => !children.some(isRunning));
    await installation.remove();
  });
});

function isImageProcess(pid: number): boolean {
  return programOf(pid).includes('image.process.js');
}
