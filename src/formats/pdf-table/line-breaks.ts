/** White space, or a text inside which a line breaks only if the text is wider than a whole line. */
export interface Segment {
  readonly text: string;
  /** In UTF-16 units, from the start of the paragraph. */
  readonly start: number;
  readonly isBlank: boolean;
}

const BLANK = /^[ \u1680\u2000-\u2006\u2008-\u200b\u205f\u3000]/;
/** Written without spaces; a line may break before and after each character. */
const IDEOGRAPHIC =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303f\uff00-\uff60]/u;
/** Written without spaces; lines break between words, which takes a dictionary. */
const BY_DICTIONARY = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const NOT_FIRST = /^[)\]}、。，．！？：；）】》」』〉〕ー々…‥,.!?:;%’”ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ]/u;
const NOT_LAST = /^[([{（【《「『〈〔“‘]/u;
const HYPHEN = /^[-\u2010\u2013\u2014/]/;
const LETTER = /^\p{L}/u;
const LETTER_OR_DIGIT = /^[\p{L}\p{N}]/u;

const words = new Intl.Segmenter('th', { granularity: 'word' });

/**
 * Divides a paragraph where lines may break: at spaces, after hyphens, before the @ of an e-mail address, between
 * ideographs, and between the words of languages that are written without spaces. This is what cells of a table need of
 * UAX 14, and differs from it on purpose: e-mail addresses break before their host, Korean only between words, and the
 * words of Thai, Lao, Khmer and Burmese are found by a dictionary.
 * @see https://unicode.org/reports/tr14
 */
export function toSegments(paragraph: string): Segment[] {
  const wordStarts = BY_DICTIONARY.test(paragraph) ? findWordStarts(paragraph) : null;
  const segments: Segment[] = [];
  let text = '';
  let start = 0;
  let previous = '';
  for (const cluster of toClusters(paragraph)) {
    const position = start + text.length;
    if (text !== '' && canBreak(previous, cluster, wordStarts?.has(position) ?? false)) {
      segments.push({ text, start, isBlank: BLANK.test(text) });
      [text, start] = ['', position];
    }
    text += cluster;
    previous = cluster;
  }
  if (text !== '') segments.push({ text, start, isBlank: BLANK.test(text) });
  return segments;
}

function canBreak(previous: string, next: string, isWordStart: boolean): boolean {
  if (BLANK.test(previous) || BLANK.test(next)) return BLANK.test(previous) !== BLANK.test(next);
  if (NOT_FIRST.test(next) || NOT_LAST.test(previous)) return false;
  if (next === '@') return LETTER_OR_DIGIT.test(previous);
  if (IDEOGRAPHIC.test(previous) || IDEOGRAPHIC.test(next)) return true;
  if (isWordStart && BY_DICTIONARY.test(previous) && BY_DICTIONARY.test(next)) return true;
  return HYPHEN.test(previous) && LETTER.test(next);
}

function findWordStarts(paragraph: string): Set<number> {
  return new Set([...words.segment(paragraph)].map(({ index }) => index));
}

/** In these blocks each character is a cluster. Most texts have no others. */
const SIMPLE = /^[\x20-\x7e\u00a0-\u024f\u0400-\u0482\u048a-\u052f]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** Longer than any cluster of a language or an emoji; longer ones are made to break programs. */
const MAX_CLUSTER_LENGTH = 32;

/** The grapheme clusters of a text: letters with their marks, emoji with everything joined to them. */
export function* toClusters(text: string): Generator<string> {
  if (SIMPLE.test(text)) {
    yield* text;
    return;
  }
  for (const { segment } of graphemes.segment(text)) {
    if (segment.length <= MAX_CLUSTER_LENGTH) {
      yield segment;
      continue;
    }
    const characters = Array.from(segment);
    for (let start = 0; start < characters.length; start += MAX_CLUSTER_LENGTH / 2) {
      yield characters.slice(start, start + MAX_CLUSTER_LENGTH / 2).join('');
    }
  }
}
