import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { decodeDataUrl, isDataUrl } from '../data-url';
import { readImageHeader } from '../image-header';
import { ImageRefusedError } from '../image-protocol';
import type { Size } from '../image-scaling';
import {
  ATTRIBUTES,
  type Declarations,
  ELEMENTS,
  readDeclarations,
  readStyleSheet,
  sanitizeValue,
  type StyleRule,
  writeDeclarations,
} from './sanitizer';
import { type SvgCost, SvgCosts, type SvgElement } from './svg-cost';
import { decodeXmlText } from './svg-text';

const SVG = 'http://www.w3.org/2000/svg';
const XLINK = 'http://www.w3.org/1999/xlink';
const XML = 'http://www.w3.org/XML/1998/namespace';
const MAX_BYTES = 4_000_000;
const MAX_ELEMENTS = 200_000;
const MAX_DEPTH = 256;
const MAX_WORK = 1_000_000;
/** The cost of a glyph. */
const CHARACTER_WORK = 5;
/** Pixels of an embedded image for one unit of work. */
const PIXELS_PER_WORK = 50;
const PIXELS_PER_UNIT: Readonly<Record<string, number>> = {
  '': 1,
  px: 1,
  pt: 96 / 72,
  pc: 16,
  in: 96,
  cm: 96 / 2.54,
  mm: 96 / 25.4,
  em: 16,
  rem: 16,
};
/** The size in browsers of an SVG without a size and a view box. */
const DEFAULT_SIZE: Size = { width: 300, height: 150 };
const MIME_TYPES = { png: 'image/png', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' } as const;

/** A sanitized SVG document. */
export interface SvgDocument {
  readonly size: Size;
  readonly viewBox: string | undefined;
  /** The serialized attributes of the root, without its size. */
  readonly attributes: string;
  /** The serialized content of the root. */
  readonly content: string;
  readonly cost: SvgCost;
  readonly hasFilters: boolean;
  /** The total of all embedded images. */
  readonly embeddedPixels: number;
}

/**
 * Reads an SVG file and removes everything that is not allowed: elements with their content,
 * attributes, and references to other documents.
 * @throws ImageRefusedError when it is not well-formed, or takes too long to draw
 */
export function readSvg(bytes: Uint8Array): SvgDocument {
  if (bytes.byteLength > MAX_BYTES) throw new ImageRefusedError('the SVG file is too large');
  return new SvgReader().read(decodeXmlText(bytes));
}

/** Serializes a document with another size and a view box that scales its content. */
export function writeSvg({ size, viewBox, attributes, content }: SvgDocument, { width, height }: Size): string {
  const box = viewBox ?? `0 0 ${size.width} ${size.height}`;
  const own = `width="${width}" height="${height}" viewBox="${escapeXml(box)}"`;
  return `<svg xmlns="${SVG}" xmlns:xlink="${XLINK}" ${own}${attributes}>${content}</svg>`;
}

interface OpenTag {
  readonly namespaces: ReadonlyMap<string, string>;
  /** `null` when the element or one of its ancestors is removed. */
  readonly element: SvgElement | null;
  /** Whether its text is drawn. */
  readonly hasText: boolean;
}

class SvgReader {
  private readonly tags: OpenTag[] = [];
  private readonly written: string[] = [];
  private readonly byId = new Map<string, SvgElement[]>();
  private readonly rules: StyleRule[] = [];
  private sheet = '';
  private root: SvgElement | null = null;
  private rootAttributes = '';
  private elements = 0;
  private hasFilters = false;
  private embeddedPixels = 0;

  read(text: string): SvgDocument {
    const parser = new SaxesParser();
    parser.on('doctype', (doctype) => {
      if (doctype.includes('[')) throw new ImageRefusedError('the SVG file declares entities');
    });
    parser.on('opentag', (tag) => {
      this.enter(tag);
    });
    parser.on('closetag', () => {
      this.leave();
    });
    const onText = (part: string) => {
      this.addText(part);
    };
    parser.on('text', onText);
    parser.on('cdata', onText);
    parser.on('error', () => {
      throw unreadableFile();
    });
    parser.write(text).close();
    const { root } = this;
    if (root === null) throw unreadableFile();
    const cost = new SvgCosts(this.byId, this.rules).of(root);
    if (!(cost.work <= MAX_WORK)) throw new ImageRefusedError('the SVG file takes too long to draw');
    return {
      size: readSize(root.attributes),
      viewBox: root.attributes.get('viewBox'),
      attributes: this.rootAttributes,
      content: this.written.join(''),
      cost,
      hasFilters: this.hasFilters,
      embeddedPixels: this.embeddedPixels,
    };
  }

  private enter(tag: SaxesTagPlain): void {
    const around = this.tags.at(-1);
    const namespaces = readNamespaces(tag, around?.namespaces);
    const [prefix, name] = splitName(tag.name);
    const isRoot = around === undefined;
    if (isRoot && (name !== 'svg' || namespaces.get(prefix) !== SVG)) throw unreadableFile();
    // Noise takes minutes, and its filter is useless without it.
    if (name === 'feTurbulence') throw new ImageRefusedError('the SVG file filters too much');
    const isKept = (isRoot || around.element !== null) && namespaces.get(prefix) === SVG && ELEMENTS.has(name);
    if (!isKept) {
      this.tags.push({ namespaces, element: null, hasText: false });
      return;
    }
    this.count(name);
    const { element, attributes } = this.readElement(name, tag, namespaces);
    around?.element?.children.push(element);
    if (element.id !== undefined) this.byId.set(element.id, [...(this.byId.get(element.id) ?? []), element]);
    this.tags.push({ namespaces, element, hasText: name === 'text' || (around?.hasText ?? false) });
    if (isRoot) {
      this.root = element;
      this.rootAttributes = attributes;
    } else {
      this.written.push(`<${name}${attributes}>`);
    }
  }

  private leave(): void {
    const tag = this.tags.pop();
    if (tag?.element === null || tag === undefined || tag.element === this.root) return;
    if (tag.element.name === 'style') this.addSheet();
    this.written.push(`</${tag.element.name}>`);
  }

  private addText(text: string): void {
    const tag = this.tags.at(-1);
    if (tag?.element === null || tag === undefined) return;
    if (tag.element.name === 'style') this.sheet += text;
    else if (tag.hasText) {
      tag.element.work += text.length * CHARACTER_WORK;
      this.written.push(escapeXml(text));
    }
  }

  private addSheet(): void {
    const rules = readStyleSheet(this.sheet);
    this.sheet = '';
    this.rules.push(...rules);
    for (const { selectors, declarations } of rules) {
      this.written.push(escapeXml(`${selectors}{${writeDeclarations(declarations)}}`));
    }
  }

  private count(name: string): void {
    this.elements += 1;
    if (this.elements > MAX_ELEMENTS) throw new ImageRefusedError('the SVG file has too many elements');
    if (this.tags.length >= MAX_DEPTH) throw new ImageRefusedError('the SVG file is nested too deep');
    if (name.startsWith('fe')) this.hasFilters = true;
  }

  private readElement(name: string, tag: SaxesTagPlain, namespaces: ReadonlyMap<string, string>) {
    const kept = new Map<string, string>();
    let style: Declarations = new Map();
    let written = '';
    const embeddedBefore = this.embeddedPixels;
    for (const [qualified, value] of Object.entries(tag.attributes)) {
      const [prefix, local] = splitName(qualified);
      const space = prefix === '' ? '' : namespaces.get(prefix);
      if (prefix === '' && local === 'style') style = readDeclarations(value);
      else if (space === XML && /^(?:space|lang)$/.test(local)) written += ` xml:${local}="${escapeXml(value)}"`;
      else if (local === 'href' && (prefix === '' || (space === XLINK && !kept.has('href'))))
        this.addHref(kept, name, value);
      else if (prefix === '' && ATTRIBUTES.has(local)) {
        const safe = sanitizeValue(value);
        if (safe !== null) kept.set(local, safe);
      }
    }
    for (const [attribute, value] of kept) {
      const isSize = this.root === null && /^(?:width|height|viewBox)$/.test(attribute);
      if (!isSize) written += ` ${attribute}="${escapeXml(value)}"`;
    }
    if (style.size > 0) written += ` style="${escapeXml(writeDeclarations(style))}"`;
    const classes = (kept.get('class') ?? '').split(/\s+/).filter(Boolean);
    const element: SvgElement = {
      name,
      id: kept.get('id'),
      classes,
      attributes: kept,
      style,
      children: [],
      work: (this.embeddedPixels - embeddedBefore) / PIXELS_PER_WORK,
    };
    return { element, attributes: written };
  }

  /** Keeps a reference to an element of the document or to an embedded image. */
  private addHref(kept: Map<string, string>, element: string, value: string): void {
    if (value.trim().startsWith('#')) kept.set('href', value.trim());
    else if ((element === 'image' || element === 'feImage') && isDataUrl(value)) kept.set('href', this.embed(value));
  }

  /**
   * Rewrites an embedded image with the type of its content, which may differ from the declared
   * one.
   */
  private embed(url: string): string {
    const bytes = decodeDataUrl(url.replaceAll(/[\t\n\r ]+/g, ''));
    const measured = readImageHeader(bytes);
    if (measured === null) throw new ImageRefusedError('the SVG file embeds something that is not an image');
    this.embeddedPixels += measured.width * measured.height;
    return `data:${MIME_TYPES[measured.format]};base64,${Buffer.from(bytes).toString('base64')}`;
  }
}

function unreadableFile(): ImageRefusedError {
  return new ImageRefusedError('the SVG file cannot be read');
}

function splitName(qualified: string): [prefix: string, local: string] {
  const colon = qualified.indexOf(':');
  return colon < 0 ? ['', qualified] : [qualified.slice(0, colon), qualified.slice(colon + 1)];
}

function readNamespaces(
  { attributes }: SaxesTagPlain,
  around?: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  // Many files use xlink without declaring it.
  const inherited =
    around ??
    new Map([
      ['xml', XML],
      ['xlink', XLINK],
    ]);
  const declared = Object.entries(attributes).filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'));
  if (declared.length === 0) return inherited;
  return new Map([...inherited, ...declared.map(([name, uri]): [string, string] => [name.slice(6), uri.trim()])]);
}

function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** The size that the root element declares, or that of its view box. */
function readSize(root: ReadonlyMap<string, string>): Size {
  const [, , boxWidth = 0, boxHeight = 0] = (root.get('viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const box = boxWidth > 0 && boxHeight > 0 ? { width: boxWidth, height: boxHeight } : null;
  const width = toPixels(root.get('width'));
  const height = toPixels(root.get('height'));
  if (width !== null && height !== null) return { width, height };
  if (box === null) return { width: width ?? DEFAULT_SIZE.width, height: height ?? DEFAULT_SIZE.height };
  if (width !== null) return { width, height: (width * box.height) / box.width };
  if (height !== null) return { width: (height * box.width) / box.height, height };
  return box;
}

/** A positive length in pixels; `null` for percentages and invalid lengths. */
function toPixels(value: string | undefined): number | null {
  const match = /^(\d*\.?\d+(?:e[-+]?\d+)?)([a-z]*)$/i.exec(value?.trim() ?? '');
  const unit = PIXELS_PER_UNIT[(match?.[2] ?? '').toLowerCase()];
  const length = Number(match?.[1]) * (unit ?? NaN);
  return length > 0 && Number.isFinite(length) ? length : null;
}
