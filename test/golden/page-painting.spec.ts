import { PNG } from 'pngjs';
import { BoardPainter } from '../../src/solo/infrastructure/drawing/board-painter';
import { pixelsOf } from '../support/pixels';
import { NoAssets, openBoard, pagesOf } from './golden-set';

const png = { format: 'png', scale: { pixelRatio: 1 }, background: 'white' } as const;
const forever = new AbortController().signal;
const solo = (page: object) => Buffer.from(JSON.stringify({ activePageId: '', pages: [page] }));

describe('A drawn page', () => {
  let painter: BoardPainter;

  beforeAll(() => {
    painter = new BoardPainter({ threads: 1, assets: new NoAssets() });
  });
  afterAll(() => painter.onApplicationShutdown());

  it('has a translucent background on white', async () => {
    const background = { type: 'color', color: 'rgba(0, 0, 255, 0.2)' };

    const [file] = await pagesOf(await openBoard(painter, solo({ background }), png, forever));

    expect((await pixelsOf(file!))(5, 5)).toEqual([204, 204, 255, 255]);
  });

  it('has filled heads on an arrow of no width, and no dot for a line of no length', async () => {
    const arrow = { type: 'arrow', color: '#ff0000', size: 0, startX: 100, startY: 50, endX: 300, endY: 50 };
    const line = { type: 'line', color: '#ff0000', size: 20, startX: 50, startY: 50, endX: 50, endY: 50 };

    const [file] = await pagesOf(await openBoard(painter, solo({ shapes: [arrow, line] }), png, forever));

    const rgba = await pixelsOf(file!);
    expect(rgba(290, 50)).toEqual([255, 0, 0, 255]);
    expect(rgba(200, 50)).toEqual([255, 255, 255, 255]);
    expect(rgba(50, 50)).toEqual([255, 255, 255, 255]);
  });

  it('has averaged pixels for an image that is drawn much smaller', async () => {
    const checks = new PNG({ width: 64, height: 64 });
    for (let i = 0; i < 64 * 64; i += 1) {
      const shade = (i + Math.floor(i / 64)) % 2 === 0 ? 0 : 255;
      checks.data.set([shade, shade, shade, 255], i * 4);
    }
    const src = `data:image/png;base64,${PNG.sync.write(checks).toString('base64')}`;
    const asset = { type: 'image', src, x: 10, y: 10, width: 16, height: 16 };

    const [file] = await pagesOf(await openBoard(painter, solo({ assets: [asset] }), png, forever));

    const [red] = (await pixelsOf(file!))(18, 18);
    expect(Math.abs(red! - 128)).toBeLessThanOrEqual(2);
  });
});
