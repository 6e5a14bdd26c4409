import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { ImageRefusedError } from '../image-protocol';
import { readSvg, writeSvg } from './svg-reader';
import { renderSvg } from './svg-renderer';
import { looksLikeSvg } from './svg-text';

const LIMITS = { maxPixels: 25_000_000, memory: 400 * 1024 * 1024 };
const read = (text: string) => readSvg(Buffer.from(text));
const svg = (attributes: string, content = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${content}</svg>`;
const clean = (content: string) => read(svg('width="9" height="9"', content)).content;
const pixelOf = async (text: string, scale = 1) => {
  const { width, height, pixels } = await renderSvg(read(text), scale, LIMITS);
  const middle = (Math.floor(height / 2) * width + Math.floor(width / 2)) * 4;
  return [...pixels.subarray(middle, middle + 4)];
};
const dot = async () =>
  (
    await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
  ).toString('base64');

describe('readSvg', () => {
  it.each([
    ['width="120" height="80"', { width: 120, height: 80 }],
    ['width="1in" height="72pt"', { width: 96, height: 96 }],
    ['viewBox="0 0 30 20"', { width: 30, height: 20 }],
    ['width="60" viewBox="0,0,30,20"', { width: 60, height: 40 }],
    ['width="100%" height="100%" viewBox="0 0 30 20"', { width: 30, height: 20 }],
    ['', { width: 300, height: 150 }],
  ])('reads the size of a file with %p', (attributes, size) => {
    expect(read(svg(attributes)).size).toEqual(size);
  });

  it.each([
    ['a script', '<script>alert(1)</script><g/>'],
    ['HTML', '<foreignObject><div xmlns="http://www.w3.org/1999/xhtml">x</div></foreignObject><g/>'],
    ['what another program keeps for itself', '<x:view xmlns:x="urn:x"><g id="lost"/></x:view><g/>'],
    ['metadata', '<metadata><rdf>x</rdf></metadata><title>x</title><g/>'],
    ['an animation', '<g><animate attributeName="x" to="9"/></g>'],
    ['a handler of events', '<g onclick="alert(1)"/>'],
    ['a comment, an instruction and a text that nobody sees', '<!-- x --><?php x?>text<g/>'],
    ['a reference out of the document', '<g fill="url(\\23 a)"/>'],
    ['a property that is not known', '<g style="behavior:url(x.htc)"/>'],
  ])('removes %s', (_, content) => {
    expect(clean(content)).toBe('<g></g>');
  });

  it.each([
    ['fill="url(https://example.com/#a)"', 'fill="url(#-)"'],
    ['mask="url(&#100;ata:image/svg+xml,x#a)"', 'mask="url(#-)"'],
    ['style="fill: url( \'data:x\' ); stroke: red"', 'style="fill:url(#-);stroke:red"'],
    ['fill="url(#a) red"', 'fill="url(#a) red"'],
  ])('removes references to other documents: %s', (given, kept) => {
    expect(clean(`<g ${given}/>`)).toBe(`<g ${kept}></g>`);
  });

  it('keeps the rules of a style sheet without its imports', () => {
    const sheet =
      '@import url(x.css); @font-face{src:url(data:font/woff2;base64,AA)} .a, g>.b{fill:red;behavior:x} /* c */ *{y-index:y}';

    expect(clean(`<style>${sheet}</style><style><![CDATA[rect{fill:#fff}]]></style>`)).toBe(
      '<style>.a, g&gt;.b{fill:red}</style><style>rect{fill:#fff}</style>',
    );
  });

  it('keeps the text of text elements only', () => {
    const text = '<text xml:space="preserve"> a <tspan dx="1">&lt;b&gt;</tspan><![CDATA[ & ]]></text> lost ';

    expect(clean(text)).toBe('<text xml:space="preserve"> a <tspan dx="1">&lt;b&gt;</tspan> &amp; </text>');
  });

  it('declares the type of an embedded image by its content', async () => {
    const data = await dot();

    expect(clean(`<image href="&#100;ata:image/gif;base64,&#10; ${data}"/>`)).toBe(
      `<image href="data:image/png;base64,${data}"></image>`,
    );
  });

  it('reads document types, namespace prefixes and encodings', () => {
    const content = '<svg:svg xmlns:svg="http://www.w3.org/2000/svg"><svg:text>ü</svg:text></svg:svg>';
    const file = `<?xml version="1.0" encoding="iso-8859-1"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">${content}`;

    expect(readSvg(Buffer.from(file, 'latin1')).content).toBe('<text>ü</text>');
  });

  it.each([
    ['entities', '<!DOCTYPE s [<!ENTITY a "aaaa">]><svg><text>&a;</text></svg>'],
    ['an embedded document', svg('', '<image href="data:text/html,x"/>')],
    ['an embedded SVG', svg('', `<image href="data:image/svg+xml,${encodeURIComponent(svg(''))}"/>`)],
    ['an embedded SVG behind a character reference', svg('', `<feImage href="&#100;ata:image/png,%3Csvg/%3E"/>`)],
    ['noise', svg('', '<filter><feTurbulence/></filter>')],
    ['another root', '<html/>'],
    ['a root of another namespace', '<svg xmlns="urn:x"/>'],
    ['endless nesting', svg('', '<g>'.repeat(50_000) + '</g>'.repeat(50_000))],
    ['a cut end', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect'],
    ['an element in itself', svg('', '<g id="a"><use href="#a"/></g>')],
    ['masks that mask each other', svg('', `${mask('a', 'b')}${mask('b', 'a')}<g mask="url(#a)"/>`)],
  ])('refuses a file with %s', (_, text) => {
    expect(() => read(text)).toThrow(ImageRefusedError);
  });

  it.each([
    ['references to references', `${nested(10, 6)}<use href="#l6"/>`],
    ['dashes', `<path d="M0 0H20000000" stroke-dasharray="1"/>`],
    ['dashes that a group sets', `<g style="stroke-dasharray:.5 .5"><path d="M0 0h9999999z"/></g>`],
    ['dashes that a rule sets', '<style>g .d{stroke-dasharray:1}</style><path class="x d" d="M0 0h9999999"/>'],
    ['dashes of what is used', '<path id="p" d="M0 0h9999999"/><use href="#p" stroke-dasharray="1"/>'],
    [
      'markers',
      `<marker id="m">${'<path d="M0 0h1"/>'.repeat(1000)}</marker><path d="M0 0${'h1'.repeat(1000)}" marker-mid="url(#m)"/>`,
    ],
    [
      'patterns',
      `<pattern id="p">${'<rect width="1" height="1"/>'.repeat(1000)}</pattern><g fill="url(#p)">${'<rect width="1" height="1"/>'.repeat(1000)}</g>`,
    ],
    [
      'masks in a rule',
      `<style>g > .m{mask:url(#m)}</style><defs>${nested(10, 5)}</defs><mask id="m"><use href="#l5"/></mask><g>${'<path class="m" d="M0 0h1"/>'.repeat(20)}</g>`,
    ],
    ['letters', `<text id="t">${'x'.repeat(50_000)}</text>${'<use href="#t"/>'.repeat(10)}`],
  ])('refuses a file that takes too long because of its %s', (_, content) => {
    expect(() => read(svg('', content))).toThrow('takes too long to draw');
  });
});

describe('renderSvg', () => {
  it('renders a file at the requested size', async () => {
    const text = svg('width="10" height="5"', '<rect width="10" height="5" fill="red"/>');

    expect(await renderSvg(read(text), 4, LIMITS)).toMatchObject({ width: 40, height: 20 });
    expect(await pixelOf(text, 4)).toEqual([255, 0, 0, 255]);
  });

  it('limits the size by the available memory', async () => {
    const { width, height } = await renderSvg(read(svg('width="100000" height="100"')), 1000, LIMITS);

    expect(width * height).toBeLessThan(17_000_000);
  });

  it('reduces the resolution of a file with many layers', async () => {
    const masks = Array.from({ length: 40 }, (_, i) => mask(`m${i + 1}`, `m${i}`)).join('');
    const text = svg('width="1000" height="1000"', `${masks}<rect width="9" height="9" mask="url(#m40)"/>`);

    const { width } = await renderSvg(read(text), 4, LIMITS);

    expect(width).toBeLessThan(2000);
  });

  it('does not read files or connect to hosts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'svg-'));
    const red = Buffer.from(await dot(), 'base64');
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

    expect(await pixelOf(svg('width="9" height="9"', images.join('')))).toEqual([0, 0, 0, 0]);
    expect(reached).toBe(0);
    server.close();
    rmSync(folder, { recursive: true });
  });
});

describe('writeSvg', () => {
  it('scales the content by its view box', () => {
    const document = read(svg('width="10" height="5" class="a" x="1"', '<g/>'));

    expect(writeSvg(document, { width: 40, height: 20 })).toMatch(
      / width="40" height="20" viewBox="0 0 10 5" class="a" x="1"><g><\/g><\/svg>$/,
    );
  });
});

describe('looksLikeSvg', () => {
  it('distinguishes SVG from other text', () => {
    expect(looksLikeSvg(Buffer.from('<?xml version="1.0"?><!-- a --><svg width="1"/>'))).toBe(true);
    expect(looksLikeSvg(Buffer.from('<html><body/></html>'))).toBe(false);
  });
});

function mask(id: string, inner: string): string {
  return `<mask id="${id}"><rect width="9" height="9" fill="#fff" mask="url(#${inner})"/></mask>`;
}

/** Groups that use the one before so many times. */
function nested(times: number, levels: number): string {
  const level = (i: number) => `<g id="l${i}">${`<use href="#l${i - 1}"/>`.repeat(times)}</g>`;
  return `<path id="l0" d="M0 0h1v1z"/>${Array.from({ length: levels }, (_, i) => level(i + 1)).join('')}`;
}
