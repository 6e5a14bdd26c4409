import type { Drawing } from '../content';
import { PngWriter } from './png.writer';

const drawingOf = (pageCount: number, pngPages: Drawing['pngPages']): Drawing => ({
  kind: 'drawing',
  pageCount,
  warnings: [],
  pngPages,
  svgPages: () => {
    throw new Error('not requested');
  },
  pdf: () => Promise.reject(new Error('not asked for')),
});

async function bytesOf(drawing: Drawing): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of new PngWriter().write(drawing, {}, () => undefined).body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('PngWriter', () => {
  it('writes a single page as it is', async () => {
    const drawing = drawingOf(1, async function* () {
      yield await Promise.resolve(Buffer.from('picture'));
    });

    expect((await bytesOf(drawing)).toString()).toBe('picture');
  });

  it('fails when a page in the middle of a zip fails', async () => {
    const drawing = drawingOf(3, async function* () {
      yield await Promise.resolve(Buffer.from('picture'));
      await new Promise(setImmediate);
      throw new Error('page 2 broke');
    });

    await expect(bytesOf(drawing)).rejects.toThrow('page 2 broke');
  });

  it('stops the drawing when its reader disconnects', async () => {
    let left = false;
    const drawing = drawingOf(2, async function* () {
      try {
        yield await Promise.resolve(Buffer.alloc(100_000));
        yield Buffer.alloc(100_000);
      } finally {
        left = true;
      }
    });

    let received = 0;
    for await (const chunk of new PngWriter().write(drawing, {}, () => undefined).body) {
      received += chunk.length;
      if (received > 50_000) break;
    }

    expect(left).toBe(true);
  });
});
