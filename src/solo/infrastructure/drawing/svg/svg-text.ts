import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import type { Typeface } from '../../../model/board/board';
import { toCssFont } from '../fonts';
import { escapeXml, formatNumber, type Paint, startTag } from './markup';
import type { SvgOutput } from './svg-output';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Texts without them need no segmentation. */
const MAYBE_EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;
const EMOJI_SEQUENCE = /[\ufe0f\u200d\u20e3]|\p{Regional_Indicator}|\p{Emoji_Modifier}/u;

/** The size at which emoji are drawn, in pixels. */
const EMOJI_SIZE = 128;
/** The side of an emoji's picture, in font sizes: wide sequences have room too. */
const EMOJI_BOX = 2;
/** The baseline in that picture, from its top. */
const EMOJI_BASELINE = 1.25;
/** More different emoji are left to the fonts of the reader. */
const MAX_EMOJI = 500;

interface Part {
  readonly text: string;
  /** In page pixels, where the baseline begins. */
  readonly x: number;
  /** Page pixels for each unit of the font. */
  readonly scale: number;
  /** The CSS font that it is measured with. */
  readonly font: string;
}

interface Line {
  readonly typeface: Typeface;
  readonly y: number;
  readonly size: number;
  readonly paint: Paint;
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

/** Collects the words of a line into one text element, so that it can be selected and searched as a whole. */
export class SvgText {
  private line: Line | null = null;
  private key = '';
  private content = '';
  /** Spaces before a word, which have the place of the first of them. */
  private spaces: Part | null = null;
  private isEmpty = true;
  private pictures: string[] = [];
  private readonly emoji = new Map<string, string>();

  constructor(
    private readonly output: SvgOutput,
    private readonly ruler: SKRSContext2D,
  ) {}

  add(part: Part, line: Line): void {
    const key = JSON.stringify(line);
    if (key !== this.key) {
      this.flush();
      this.line = line;
      this.key = key;
    }
    if (part.text === ' ') {
      if (this.isEmpty) this.spaces = { ...part, text: ` ${this.spaces?.text ?? ''}`, x: this.spaces?.x ?? part.x };
      else this.content += ' ';
      this.output.fonts.use(' ', line.typeface);
      return;
    }
    for (const each of MAYBE_EMOJI.test(part.text) ? this.splitEmoji(part, line.typeface) : [part]) {
      if ('isEmoji' in each) this.addEmoji(each, line);
      else this.addWord(each, line);
    }
  }

  flush(): void {
    const { line, content, pictures } = this;
    if (line !== null && !this.isEmpty) {
      const tag = startTag('text', {
        class: line.typeface,
        'font-size': line.size,
        fill: line.paint.colour,
        'fill-opacity': line.paint.opacity,
        ...line.attributes,
      });
      this.output.write(`${tag}>${content}</text>${pictures.join('')}`);
    }
    this.line = null;
    this.key = '';
    this.content = '';
    this.spaces = null;
    this.isEmpty = true;
    this.pictures = [];
  }

  private addWord({ text, x }: Part, line: Line): void {
    this.output.fonts.use(text, line.typeface);
    const { spaces } = this;
    this.spaces = null;
    this.addSpan(`${spaces?.text ?? ''}${text}`, spaces?.x ?? x, line, '');
  }

  private addSpan(text: string, x: number, { y }: Line, attributes: string): void {
    this.isEmpty = false;
    this.content += `<tspan x="${formatNumber(x)}" y="${formatNumber(y)}"${attributes}>${escapeXml(text)}</tspan>`;
  }

  /** An emoji is a picture, because its font has 25 MB. An invisible text keeps it searchable. */
  private addEmoji({ text, x, width }: Part & { readonly width: number }, line: Line): void {
    const { typeface, y, size, paint, attributes } = line;
    const id = paint.colour === 'none' ? null : this.emojiOf(text, typeface, paint.colour);
    if (id === null) {
      this.addSpan(text, x, line, '');
      return;
    }
    const side = size * EMOJI_BOX;
    const [left, top] = [x - size * ((EMOJI_BOX - 1) / 2), y - size * EMOJI_BASELINE];
    const place = [side, 0, 0, side, left, top].map((value) => formatNumber(value, 4)).join(' ');
    const use = startTag('use', { href: `#${id}`, transform: `matrix(${place})`, opacity: paint.opacity });
    const { transform, ...others } = attributes;
    const group = startTag('g', { ...others, transform });
    const isPlain = Object.values(attributes).every((value) => value === undefined);
    this.pictures.push(isPlain ? `${use}/>` : `${group}>${use}/></g>`);
    const length = startTag('', { textLength: width, lengthAdjust: 'spacingAndGlyphs', 'fill-opacity': 0 });
    this.addSpan(text, x, line, length.slice(1));
  }

  private emojiOf(text: string, typeface: Typeface, colour: string): string | null {
    const key = `${typeface} ${colour} ${text}`;
    const known = this.emoji.get(key);
    if (known !== undefined || this.emoji.size >= MAX_EMOJI) return known ?? null;
    const side = EMOJI_SIZE * EMOJI_BOX;
    const canvas = createCanvas(side, side);
    const context = canvas.getContext('2d');
    context.font = toCssFont(typeface, EMOJI_SIZE);
    context.fillStyle = colour;
    context.fillText(text, (EMOJI_SIZE * (EMOJI_BOX - 1)) / 2, EMOJI_SIZE * EMOJI_BASELINE);
    const id = this.output.pictures.add(canvas);
    // Frees the memory at once instead of at the next garbage collection.
    canvas.width = canvas.height = 1;
    this.emoji.set(key, id);
    return id;
  }

  /** Splits a word into its emoji and what is between them. */
  private splitEmoji(part: Part, typeface: Typeface): (Part | (Part & { isEmoji: true; width: number }))[] {
    const { fonts } = this.output;
    const parts: ReturnType<SvgText['splitEmoji']> = [];
    let [before, plain] = ['', ''];
    const at = () => part.x + this.widthOf(before, part);
    const endPlain = () => {
      if (plain !== '') parts.push({ ...part, text: plain, x: at() });
      before += plain;
      plain = '';
    };
    for (const { segment } of segmenter.segment(part.text)) {
      if (MAYBE_EMOJI.test(segment) && (EMOJI_SEQUENCE.test(segment) || fonts.isEmoji(segment, typeface))) {
        endPlain();
        const x = at();
        before += segment;
        parts.push({ ...part, text: segment, x, isEmoji: true, width: at() - x });
      } else {
        plain += segment;
      }
    }
    endPlain();
    return parts;
  }

  private widthOf(text: string, { font, scale }: Part): number {
    if (text === '') return 0;
    this.ruler.font = font;
    return this.ruler.measureText(text).width * scale;
  }
}
