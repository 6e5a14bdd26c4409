import sharp from 'sharp';
import { readImageHeader } from './image-header';

const picture = sharp({ create: { width: 321, height: 123, channels: 4, background: '#ff000080' } });

describe('readImageHeader', () => {
  it.each([
    ['PNG', () => picture.clone().png().toBuffer()],
    ['JPEG', () => picture.clone().withMetadata().jpeg().toBuffer()],
    ['progressive JPEG', () => picture.clone().jpeg({ progressive: true }).toBuffer()],
    ['GIF', () => picture.clone().gif().toBuffer()],
    ['lossy WebP', () => picture.clone().removeAlpha().webp().toBuffer()],
    ['WebP with alpha', () => picture.clone().webp().toBuffer()],
    ['lossless WebP', () => picture.clone().webp({ lossless: true }).toBuffer()],
  ])('reads the size of a %s file', async (_, file) => {
    expect(readImageHeader(await file())).toMatchObject({ width: 321, height: 123 });
  });

  it('reads the header of a file without pixels', () => {
    const header = Buffer.from('iVBORw0KGgoAAAANSUhEUgAA6mAAAOpgCAYAAAAAAAAA', 'base64');

    expect(readImageHeader(header)).toMatchObject({ width: 60_000, height: 60_000 });
  });

  it.each(['', 'GIF8', '\x89PNG', 'RIFF1234WEBPVP8X', '\xff\xd8\xff\xe0\xff\xff', '<svg/>'])('rejects %p', (text) => {
    expect(readImageHeader(Buffer.from(text, 'latin1'))).toBeNull();
  });
});
