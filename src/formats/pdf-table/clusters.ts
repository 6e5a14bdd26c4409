/** In these each character is its own cluster, and most texts are of these. */
const SIMPLE = /^[\x20-\x7e\u00a0-\u024f\u0400-\u0482\u048a-\u052f]*$/;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** More than the longest that a language or an emoji has; what is longer was made to break programs. */
const MAX_CLUSTER_LENGTH = 32;

/** What a reader takes for single characters: letters with their marks, emoji with all that is joined to them. */
export function* clustersOf(text: string): Generator<string> {
  if (SIMPLE.test(text)) {
    yield* text;
    return;
  }
  for (const { segment } of segmenter.segment(text)) {
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
