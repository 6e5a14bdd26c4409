import { findBaseDirection, toLevels, toVisualOrder } from './direction';
import { type Segment, toClusters, toSegments } from './line-breaks';
import type { ShapedText } from './shaping';
import type { Weight } from './shipped-fonts';
import type { FontStyle } from './styles';
import type { Typeface, Typefaces } from './typefaces';

/** A part of a line in one font and one direction. */
interface Run {
  readonly typeface: Typeface;
  readonly shaped: ShapedText;
  readonly level: number;
}

/** A line, ready to be drawn. */
export interface Line {
  /** From the left. */
  readonly runs: readonly Run[];
  /** In points. */
  readonly width: number;
  readonly isRightAligned: boolean;
}

export interface BrokenText {
  readonly lines: readonly Line[];
  /** Whether lines were left out. */
  readonly isTruncated: boolean;
}

/** How long a text is, in points. */
export interface TextExtent {
  /** The width of the text if no line is broken. */
  readonly whole: number;
  /** The width of the widest segment. */
  readonly segment: number;
  /** The length of all its lines together. */
  readonly length: number;
}

/** A segment with its runs in logical order. */
interface SetSegment extends Segment {
  readonly runs: readonly Run[];
  readonly width: number;
}

const PLAIN_WORD = /^[\x20-\x7e]+$/;
const DIRECTION_MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const REPLACEMENT = '\ufffd';
const ELLIPSIS = '…';
/** Enough for a warning. */
const MAX_MISSING = 100;
const MAX_CACHED_PARAGRAPHS = 2_000;
const MAX_CACHED_LENGTH = 200;

/** Breaks texts in any script into lines: chooses fonts, shapes, breaks and orders by direction. */
export class TextLayout {
  /** Characters that no font has. */
  readonly missing = new Set<string>();
  private readonly cache = new Map<string, readonly SetSegment[]>();

  /** @param rightToLeft the direction of texts without letters */
  constructor(
    private readonly typefaces: Typefaces,
    private readonly rightToLeft: boolean,
  ) {}

  /**
   * Breaks a text into lines.
   * @param width the maximum width of a line, in points
   * @param maxLines the last of them ends with an ellipsis if there is more text
   */
  breakLines(text: string, style: FontStyle, width: number, maxLines: number): BrokenText {
    const lines: Line[] = [];
    const paragraphs = text.split('\n');
    for (const [index, paragraph] of paragraphs.entries()) {
      const { rightToLeft, hasLetters } = findBaseDirection(paragraph);
      const isRightAligned = hasLetters ? rightToLeft : this.rightToLeft;
      const broken = this.breakParagraph(paragraph, rightToLeft, style, width);
      for (const [position, segments] of broken.entries()) {
        const isLast = lines.length === maxLines - 1;
        const isTruncated = isLast && (position < broken.length - 1 || index < paragraphs.length - 1);
        const shown = isTruncated
          ? this.withEllipsis(segments, toLevels(paragraph, rightToLeft), style, width)
          : segments;
        lines.push(toLine(shown, isRightAligned));
        if (isLast) return { lines, isTruncated };
      }
    }
    return { lines, isTruncated: false };
  }

  measure(text: string, style: FontStyle): TextExtent {
    let [whole, segment, length] = [0, 0, 0];
    for (const paragraph of text.split('\n')) {
      const segments = this.setParagraph(paragraph, findBaseDirection(paragraph).rightToLeft, style);
      const width = widthOf(segments);
      whole = Math.max(whole, width);
      length += width;
      segment = Math.max(segment, ...segments.map((one) => one.width));
    }
    return { whole, segment, length };
  }

  /** Cached: answers are often the same, and each is measured before it is broken. */
  private setParagraph(paragraph: string, rightToLeft: boolean, style: FontStyle): readonly SetSegment[] {
    const key = `${style.weight} ${style.size} ${rightToLeft} ${paragraph}`;
    const known = this.cache.get(key);
    if (known) return known;
    const levels = toLevels(paragraph, rightToLeft);
    const segments = toSegments(paragraph).map((segment) => this.setSegment(segment, levels, style));
    if (this.cache.size >= MAX_CACHED_PARAGRAPHS) this.cache.clear();
    if (paragraph.length <= MAX_CACHED_LENGTH) this.cache.set(key, segments);
    return segments;
  }

  private breakParagraph(paragraph: string, rightToLeft: boolean, style: FontStyle, width: number): SetSegment[][] {
    const lines: SetSegment[][] = [];
    let line: SetSegment[] = [];
    let used = 0;
    const add = (segment: SetSegment): void => {
      if (used + segment.width > width && used > 0 && !segment.isBlank) {
        lines.push(line);
        [line, used] = [[], 0];
      }
      if (segment.isBlank && used === 0 && lines.length > 0) return;
      line.push(segment);
      used += segment.width;
    };
    for (const segment of this.setParagraph(paragraph, rightToLeft, style)) {
      if (segment.width <= width || segment.isBlank) add(segment);
      else for (const part of this.splitSegment(segment, toLevels(paragraph, rightToLeft), style, width)) add(part);
    }
    return [...lines, line].map(withoutTrailingBlanks);
  }

  /** Divides a segment that is wider than a line, between clusters. */
  private *splitSegment(segment: Segment, levels: Uint8Array, style: FontStyle, width: number): Generator<SetSegment> {
    const clusters = [...toClusters(segment.text)];
    let start = segment.start;
    for (let from = 0; from < clusters.length;) {
      let to = from + this.countFitting(clusters.slice(from), start, levels, style, width);
      const setPart = () =>
        this.setSegment({ text: clusters.slice(from, to).join(''), start, isBlank: false }, levels, style);
      let part = setPart();
      // Letters side by side may be wider than the sum of their widths.
      for (; part.width > width && to > from + 1; part = setPart())
        to -= Math.ceil((to - from - 1) * (1 - width / part.width));
      yield part;
      start += part.text.length;
      from = to;
    }
  }

  /** How many clusters, measured one by one, fit into a line: at least one. */
  private countFitting(
    clusters: readonly string[],
    start: number,
    levels: Uint8Array,
    style: FontStyle,
    width: number,
  ): number {
    let [used, position] = [0, start];
    for (const [index, text] of clusters.entries()) {
      used += this.setSegment({ text, start: position, isBlank: false }, levels, style).width;
      if (used > width) return Math.max(1, index);
      position += text.length;
    }
    return clusters.length;
  }

  private withEllipsis(
    segments: readonly SetSegment[],
    levels: Uint8Array,
    style: FontStyle,
    width: number,
  ): SetSegment[] {
    const ellipsis = this.setSegment({ text: ELLIPSIS, start: 0, isBlank: false }, new Uint8Array(1), style);
    const kept = [...segments];
    while (kept.length > 1 && widthOf(kept) + ellipsis.width > width) kept.pop();
    const [only] = kept;
    if (only && widthOf(kept) + ellipsis.width > width) {
      const [beginning] = this.splitSegment(only, levels, style, width - ellipsis.width);
      if (beginning) kept[0] = beginning;
    }
    const level = kept.at(-1)?.runs.at(-1)?.level ?? 0;
    return [...kept, { ...ellipsis, runs: ellipsis.runs.map((run) => ({ ...run, level })) }];
  }

  /** Divides a segment into runs by font and level, and shapes them. */
  private setSegment({ text, start, isBlank }: Segment, levels: Uint8Array, { size, weight }: FontStyle): SetSegment {
    const runs: Run[] = [];
    let [pending, pendingLevel]: [string, number] = ['', 0];
    let typeface: Typeface | null = null;
    const flush = (): void => {
      const shown = pending.replace(DIRECTION_MARKS, '');
      if (typeface && shown !== '') {
        runs.push({ typeface, shaped: typeface.shape(shown, pendingLevel % 2 === 1), level: pendingLevel });
      }
      pending = '';
    };
    const isPlain = PLAIN_WORD.test(text) && hasOneLevel(levels, start, text.length);
    let position = start;
    for (const cluster of isPlain ? [text] : toClusters(text)) {
      const level = levels[position] ?? 0;
      const found = isPlain ? this.typefaces.plain(weight) : this.typefaces.find(cluster, weight);
      if (found !== typeface || level !== pendingLevel) flush();
      [typeface, pendingLevel] = [found, level];
      if (found) pending += cluster;
      else runs.push(this.toReplacement(cluster, level, weight));
      position += cluster.length;
    }
    flush();
    const width = runs.reduce((sum, { shaped }) => sum + (shaped.width * size) / 1000, 0);
    return { text, start, isBlank, runs, width };
  }

  private toReplacement(cluster: string, level: number, weight: Weight): Run {
    if (this.missing.size < MAX_MISSING) this.missing.add(cluster);
    const typeface = this.typefaces.plain(weight);
    return { typeface, level, shaped: { ...typeface.shape(REPLACEMENT, false), text: cluster } };
  }
}

function hasOneLevel(levels: Uint8Array, start: number, length: number): boolean {
  for (let position = start + 1; position < start + length; position += 1) {
    if (levels[position] !== levels[start]) return false;
  }
  return true;
}

function withoutTrailingBlanks(segments: SetSegment[]): SetSegment[] {
  const end = segments.findLastIndex(({ isBlank }) => !isBlank);
  return segments.slice(0, end + 1);
}

function widthOf(segments: readonly SetSegment[]): number {
  return segments.reduce((sum, { width }) => sum + width, 0);
}

function toLine(segments: readonly SetSegment[], isRightAligned: boolean): Line {
  return { runs: toVisualOrder(segments.flatMap(({ runs }) => runs)), width: widthOf(segments), isRightAligned };
}
