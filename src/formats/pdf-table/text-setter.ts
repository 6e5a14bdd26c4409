import { clustersOf } from './clusters';
import { type Piece, piecesOf } from './break-opportunities';
import { beginningOf, inVisualOrder, levelsOf } from './direction';
import type { Weight } from './shipped-fonts';
import type { ShapedText } from './shaped-text';
import type { Typeface } from './typeface';
import type { Typefaces } from './typefaces';

export interface TextStyle {
  /** In points. */
  readonly size: number;
  readonly weight: Weight;
}

/** A text of one typeface and one direction within a line. */
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
  /** It belongs to the right edge. */
  readonly atRight: boolean;
}

export interface BrokenText {
  readonly lines: readonly Line[];
  /** Whether there was more. */
  readonly cut: boolean;
}

export interface TextExtent {
  readonly whole: number;
  readonly piece: number;
  readonly length: number;
}

/** A piece with its runs in the order of reading. */
interface SetPiece extends Piece {
  readonly runs: readonly Run[];
  readonly width: number;
}

const PLAIN_WORD = /^[\x20-\x7e]+$/;
const DIRECTION_MARKS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const MISSING = '\ufffd';
const ELLIPSIS = '…';
/** More need not be known one by one. */
const MAX_MISSING = 100;
const REMEMBERED_PARAGRAPHS = 2_000;
const MAX_CACHED_LENGTH = 200;

/** Makes lines of texts in any script: chooses typefaces, shapes, breaks, and orders by direction. */
export class TextSetter {
  /** The characters that no font has. */
  readonly missing = new Set<string>();
  private readonly set = new Map<string, readonly SetPiece[]>();

  constructor(
    private readonly typefaces: Typefaces,
    /** To which edge texts belong that have no letters. */
    private readonly rightToLeft: boolean,
  ) {}

  /**
   * Breaks a text into lines.
   * @param width which no line exceeds, in points
   * @param most how many lines there may be; the last one ends with an ellipsis where there are more
   */
  lines(text: string, style: TextStyle, width: number, most: number): BrokenText {
    const lines: Line[] = [];
    const paragraphs = text.split('\n');
    for (const [index, paragraph] of paragraphs.entries()) {
      const { rightToLeft, hasLetters } = beginningOf(paragraph);
      const atRight = hasLetters ? rightToLeft : this.rightToLeft;
      const broken = this.broken(paragraph, rightToLeft, style, width);
      for (const [at, pieces] of broken.entries()) {
        const last = lines.length === most - 1;
        const cut = last && (at < broken.length - 1 || index < paragraphs.length - 1);
        const shown = cut ? this.shortened(pieces, levelsOf(paragraph, rightToLeft), style, width) : pieces;
        lines.push(lineOf(shown, atRight));
        if (last) return { lines, cut };
      }
    }
    return { lines, cut: false };
  }

  /** How wide a text is when no line is broken, how wide its widest piece, and how long all its lines together; in points. */
  extent(text: string, style: TextStyle): TextExtent {
    let [whole, piece, length] = [0, 0, 0];
    for (const paragraph of text.split('\n')) {
      const pieces = this.pieces(paragraph, beginningOf(paragraph).rightToLeft, style);
      const width = widthOf(pieces);
      whole = Math.max(whole, width);
      length += width;
      piece = Math.max(piece, ...pieces.map(({ width }) => width));
    }
    return { whole, piece, length };
  }

  /** Answers come again and again, and each is measured before it is broken. */
  private pieces(paragraph: string, rightToLeft: boolean, style: TextStyle): readonly SetPiece[] {
    const key = `${style.weight} ${style.size} ${rightToLeft} ${paragraph}`;
    const known = this.set.get(key);
    if (known) return known;
    const levels = levelsOf(paragraph, rightToLeft);
    const pieces = piecesOf(paragraph).map((piece) => this.setPiece(piece, levels, style));
    if (this.set.size >= REMEMBERED_PARAGRAPHS) this.set.clear();
    if (paragraph.length <= MAX_CACHED_LENGTH) this.set.set(key, pieces);
    return pieces;
  }

  private broken(paragraph: string, rightToLeft: boolean, style: TextStyle, width: number): SetPiece[][] {
    const lines: SetPiece[][] = [];
    let line: SetPiece[] = [];
    let used = 0;
    const add = (piece: SetPiece): void => {
      if (used + piece.width > width && used > 0 && !piece.blank) {
        lines.push(line);
        [line, used] = [[], 0];
      }
      if (piece.blank && used === 0 && lines.length > 0) return;
      line.push(piece);
      used += piece.width;
    };
    for (const piece of this.pieces(paragraph, rightToLeft, style)) {
      if (piece.width <= width || piece.blank) add(piece);
      else for (const part of this.parts(piece, levelsOf(paragraph, rightToLeft), style, width)) add(part);
    }
    return [...lines, line].map(withoutBlanksAtEnd);
  }

  /** A piece that is wider than a line, divided between clusters. */
  private *parts(piece: Piece, levels: Uint8Array, style: TextStyle, width: number): Generator<SetPiece> {
    const clusters = [...clustersOf(piece.text)];
    let start = piece.start;
    for (let from = 0; from < clusters.length;) {
      let to = from + this.fitting(clusters.slice(from), start, levels, style, width);
      const part = () => this.setPiece({ text: clusters.slice(from, to).join(''), start, blank: false }, levels, style);
      let set = part();
      // Letters may need more room side by side than one by one.
      for (; set.width > width && to > from + 1; set = part())
        to -= Math.ceil((to - from - 1) * (1 - width / set.width));
      yield set;
      start += set.text.length;
      from = to;
    }
  }

  /** How many clusters, one by one, have room in a line: one at least. */
  private fitting(
    clusters: readonly string[],
    start: number,
    levels: Uint8Array,
    style: TextStyle,
    width: number,
  ): number {
    let [used, at] = [0, start];
    for (const [index, text] of clusters.entries()) {
      used += this.setPiece({ text, start: at, blank: false }, levels, style).width;
      if (used > width) return Math.max(1, index);
      at += text.length;
    }
    return clusters.length;
  }

  private shortened(pieces: readonly SetPiece[], levels: Uint8Array, style: TextStyle, width: number): SetPiece[] {
    const ellipsis = this.setPiece({ text: ELLIPSIS, start: 0, blank: false }, new Uint8Array(1), style);
    const kept = [...pieces];
    while (kept.length > 1 && widthOf(kept) + ellipsis.width > width) kept.pop();
    const [only] = kept;
    if (only && widthOf(kept) + ellipsis.width > width) {
      const [beginning] = this.parts(only, levels, style, width - ellipsis.width);
      if (beginning) kept[0] = beginning;
    }
    const level = kept.at(-1)?.runs.at(-1)?.level ?? 0;
    return [...kept, { ...ellipsis, runs: ellipsis.runs.map((run) => ({ ...run, level })) }];
  }

  private setPiece({ text, start, blank }: Piece, levels: Uint8Array, { size, weight }: TextStyle): SetPiece {
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
    const plain = PLAIN_WORD.test(text) && isLevel(levels, start, text.length);
    let at = start;
    for (const cluster of plain ? [text] : clustersOf(text)) {
      const level = levels[at] ?? 0;
      const chosen = plain ? this.typefaces.plain(weight) : this.typefaces.choose(cluster, weight);
      if (chosen !== typeface || level !== pendingLevel) flush();
      [typeface, pendingLevel] = [chosen, level];
      if (chosen) pending += cluster;
      else runs.push(this.replacement(cluster, level, weight));
      at += cluster.length;
    }
    flush();
    return { text, start, blank, runs, width: runs.reduce((sum, { shaped }) => sum + (shaped.width * size) / 1000, 0) };
  }

  private replacement(cluster: string, level: number, weight: Weight): Run {
    if (this.missing.size < MAX_MISSING) this.missing.add(cluster);
    const typeface = this.typefaces.plain(weight);
    return { typeface, level, shaped: { ...typeface.shape(MISSING, false), text: cluster } };
  }
}

function isLevel(levels: Uint8Array, start: number, length: number): boolean {
  for (let at = start + 1; at < start + length; at += 1) if (levels[at] !== levels[start]) return false;
  return true;
}

function withoutBlanksAtEnd(pieces: SetPiece[]): SetPiece[] {
  const end = pieces.findLastIndex(({ blank }) => !blank);
  return pieces.slice(0, end + 1);
}

function widthOf(pieces: readonly SetPiece[]): number {
  return pieces.reduce((sum, { width }) => sum + width, 0);
}

function lineOf(pieces: readonly SetPiece[], atRight: boolean): Line {
  return { runs: inVisualOrder(pieces.flatMap(({ runs }) => runs)), width: widthOf(pieces), atRight };
}
