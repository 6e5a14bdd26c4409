import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { AssetRefusedError } from '../../model/board/asset-loader';
import { looksLikeSvg, readSvg, renderSvg } from './svg-renderer';

const MAX_PIXELS = 50_000_000;
const read = (text: string) => readSvg(Buffer.from(text), MAX_PIXELS);
const svg = (attributes: string, content = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${content}</svg>`;

describe('an SVG asset', () => {
  it.each([
    ['width="120" height="80"', { width: 120, height: 80 }],
    ['width="1in" height="72pt"', { width: 96, height: 96 }],
    ['viewBox="0 0 30 20"', { width: 30, height: 20 }],
    ['width="60" viewBox="0,0,30,20"', { width: 60, height: 40 }],
    ['width="100%" height="100%" viewBox="0 0 30 20"', { width: 30, height: 20 }],
    ['', { width: 300, height: 150 }],
  ])('with %p has a size', (attributes, size) => {
    expect(read(svg(attributes)).size).toEqual(size);
  });

  it('is rendered as large as asked', async () => {
    const canvas = await renderSvg(read(svg('width="10" height="5"', '<rect width="10" height="5" fill="red"/>')), 4);

    expect([canvas.width, canvas.height]).toEqual([40, 20]);
    expect([...canvas.getContext('2d').getImageData(38, 18, 1, 1).data]).toEqual([255, 0, 0, 255]);
  });

  it('is never rendered larger than memory allows', async () => {
    const canvas = await renderSvg(read(svg('width="100000" height="100"')), 1000);

    expect(canvas.width * canvas.height).toBeLessThan(17_000_000);
  });

  it('reads no file and reaches no host', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'svg-'));
    const red = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    writeFileSync(join(folder, 'red.png'), red);
    let reached = 0;
    const server = createServer((_, response) => {
      reached += 1;
      response.end(red);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const images = [`file://${folder}/red.png`, `${folder}/red.png`, `${host}/red.png`].map(
      (href) => `<image xlink:href="${href}" href="${href}" width="9" height="9"/>`,
    );

    const canvas = await renderSvg(read(svg('width="9" height="9"', images.join(''))), 1);

    expect([...canvas.getContext('2d').getImageData(4, 4, 1, 1).data]).toEqual([0, 0, 0, 0]);
    expect(reached).toBe(0);
    server.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['entities', '<!DOCTYPE s [<!ENTITY a "aaaa">]><svg><text>&a;</text></svg>'],
    [
      'a huge embedded image',
      svg('', '<image href="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA6mAAAOpgCAYAAAAAAAAA"/>'),
    ],
    ['an embedded document', svg('', '<image href="data:text/html,x"/>')],
    ['no root', '<html/>'],
  ])('is refused with %s', (_, text) => {
    expect(() => read(text)).toThrow(AssetRefusedError);
  });

  it.each([
    [
      'too many references',
      svg(
        '',
        Array.from({ length: 20 }, (_, i) => `<g id="a${i + 1}">${`<use xlink:href="#a${i}"/>`.repeat(10)}</g>`).join(
          '',
        ) + '<g id="a0"><path d="M0 0"/></g><use xlink:href="#a20"/>',
      ),
    ],
    ['endless nesting', svg('', '<g>'.repeat(50_000) + '</g>'.repeat(50_000))],
    ['a cut end', '<svg width="1" height="1"><rect'],
  ])('with %s is not rendered', async (_, text) => {
    await expect(renderSvg(read(text), 1)).rejects.toThrow(AssetRefusedError);
  });

  it('is told from other text', () => {
    expect(looksLikeSvg(Buffer.from('<?xml version="1.0"?><!-- a --><svg width="1"/>'))).toBe(true);
    expect(looksLikeSvg(Buffer.from('<html><body/></html>'))).toBe(false);
  });
});
