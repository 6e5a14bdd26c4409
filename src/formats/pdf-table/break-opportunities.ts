import { clustersOf } from './clusters';

/** Blanks, or a text inside of which no line may end while a whole line has room for it. */
export interface Piece {
  readonly text: string;
  /** In UTF-16 units, from the beginning of the paragraph. */
  readonly start: number;
  readonly blank: boolean;
}

const BLANK = /^[ \u1680\u2000-\u2006\u2008-\u200b\u205f\u3000]/;
/** Written without blanks; a line may end before and after each. */
const IDEOGRAPHIC =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303f\uff00-\uff60]/u;
/** Written without blanks, and broken between words that only a dictionary knows. */
const BY_DICTIONARY = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const NOT_FIRST = /^[)\]}、。，．！？：；）】》」』〉〕ー々…‥,.!?:;%’”ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ]/u;
const NOT_LAST = /^[([{（【《「『〈〔“‘]/u;
const HYPHEN = /^[-\u2010\u2013\u2014/]/;
const LETTER = /^\p{L}/u;
const LETTER_OR_DIGIT = /^[\p{L}\p{N}]/u;

const words = new Intl.Segmenter('th', { granularity: 'word' });

/**
 * Divides a paragraph where lines may end: at blanks, after hyphens, inside of an e-mail address, between ideographs and between the words of languages
 * that write no blanks. What of Unicode's rules matters in the cells of a table.
 * @see https://unicode.org/reports/tr14
 */
export function piecesOf(paragraph: string): Piece[] {
  const wordStarts = BY_DICTIONARY.test(paragraph) ? startsOfWords(paragraph) : null;
  const pieces: Piece[] = [];
  let text = '';
  let start = 0;
  let previous = '';
  for (const cluster of clustersOf(paragraph)) {
    const at = start + text.length;
    if (text !== '' && mayBreak(previous, cluster, wordStarts?.has(at) ?? false)) {
      pieces.push({ text, start, blank: BLANK.test(text) });
      [text, start] = ['', at];
    }
    text += cluster;
    previous = cluster;
  }
  if (text !== '') pieces.push({ text, start, blank: BLANK.test(text) });
  return pieces;
}

function mayBreak(previous: string, next: string, wordStarts: boolean): boolean {
  if (BLANK.test(previous) || BLANK.test(next)) return BLANK.test(previous) !== BLANK.test(next);
  if (NOT_FIRST.test(next) || NOT_LAST.test(previous)) return false;
  if (next === '@') return LETTER_OR_DIGIT.test(previous);
  if (IDEOGRAPHIC.test(previous) || IDEOGRAPHIC.test(next)) return true;
  if (wordStarts && BY_DICTIONARY.test(previous) && BY_DICTIONARY.test(next)) return true;
  return HYPHEN.test(previous) && LETTER.test(next);
}

function startsOfWords(paragraph: string): Set<number> {
  return new Set([...words.segment(paragraph)].map(({ index }) => index));
}
