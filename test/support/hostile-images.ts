import sharp from 'sharp';

/** An SVG document with the two usual namespaces. */
export const svgOf = (content: string, size = 'width="400" height="400"'): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size}>${content}</svg>`;

const dataUrl = (type: string, bytes: Buffer | string) =>
  `data:image/${type};base64,${Buffer.from(bytes).toString('base64')}`;

/** The data URL of an SVG image. */
export const svgUrl = (content: string, size?: string): string => dataUrl('svg+xml', svgOf(content, size));

/** A small drawing that is referenced 10,000 times. */
export function useBomb(seed = 0): string {
  const dashes = `<path id="a" stroke-dasharray="1" stroke="red" d="M${seed} 0${'h9v9'.repeat(2000)}"/>`;
  const level = (id: string, inner: string) => `<g id="${id}">${`<use href="#${inner}"/>`.repeat(10)}</g>`;
  return svgUrl(`${dashes}${level('b', 'a')}${level('c', 'b')}${level('d', 'c')}${level('e', 'd')}`);
}

/** A line of ten million dashes. */
export function dashBomb(): string {
  return svgUrl('<path stroke="red" stroke-dasharray=".0001" d="M0 0h1000"/>');
}

/** Nested masks, each of which is a separate layer. */
export function nestedMasks(depth: number): string {
  const mask = (i: number) =>
    `<mask id="m${i}"><rect width="400" height="400" fill="#fff" mask="url(#m${i - 1})"/></mask>`;
  const masks = Array.from({ length: depth }, (_, i) => mask(i)).join('');
  return svgUrl(`${masks}<rect width="400" height="400" mask="url(#m${depth - 1})"/>`);
}

/** Shapes that each cover the whole picture: only drawing them shows how long they take. */
export function slowSvg(seed = 0, shapes = 10_000): string {
  const shape = '<ellipse cx="200" cy="200" rx="300" ry="299" fill="red" fill-opacity=".1"/>';
  return svgUrl(`<g id="s${seed}">${shape.repeat(shapes)}</g>`);
}

/** An image that takes a gigabyte, behind a character reference. */
export async function embeddedBomb(): Promise<string> {
  const pixel = { width: 1, height: 1, channels: 3, background: 'red' } as const;
  const png = await sharp({ create: pixel }).resize(12_000, 12_000, { kernel: 'nearest' }).png().toBuffer();
  const address = `&#100;ata:image/png;base64,${png.toString('base64')}`;
  return svgUrl(`<image href="${address}" width="400" height="400"/>`);
}

/** An SVG image in an SVG image. */
export function nestedSvg(): string {
  return svgUrl(`<image href="${svgUrl('<rect width="9" height="9"/>')}" width="400" height="400"/>`);
}

/** A progressive JPEG of 49 megapixels that repeats its last scan. */
export async function manyScans(): Promise<string> {
  const create = { width: 7000, height: 7000, channels: 3, background: 'red' } as const;
  const file = await sharp({ create }).jpeg({ progressive: true }).toBuffer();
  const scan = file.subarray(file.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
  const scans = Array.from({ length: 85 }, () => scan);
  return dataUrl('jpeg', Buffer.concat([file.subarray(0, -2), ...scans, file.subarray(-2)]));
}

/** A valid photo. */
export async function soundPhoto(width: number, height: number): Promise<string> {
  const create = { width, height, channels: 3, background: 'teal' } as const;
  return dataUrl('jpeg', await sharp({ create }).jpeg().toBuffer());
}
