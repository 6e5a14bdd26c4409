/** What a board may hold to be drawn. Everything beyond is clamped, except where `BoardTooLargeError` is named. */
export const limits = {
  /** A board with more pages is not saved, and one that was saved before is not drawn. */
  pages: 500,
  /** More points than this on a board throw BoardTooLargeError. */
  points: 5_000_000,
  /** Absolute value of a coordinate; points beyond are dropped. */
  coordinate: 1e7,
  pageSide: 4096,
  lineWidth: 500,
  fontSize: 500,
  /** UTF-16 units of one text. */
  textLength: 20_000,
  /** The same for a sticky, as its editor has it. */
  stickyTextLength: 500,
  /** Characters of an image's address; real ones are embedded files of some megabytes. */
  sourceLength: 40_000_000,
  smallestStep: 4,
  /** One canvas takes four bytes a pixel, and a page may need two. */
  canvasPixels: 8192 * 8192,
  /**
   * In a PDF, erasers cut outlines out of strokes as long as they do so no more often on a page, meet themselves no more
   * often, and have no more corners. Beyond, the strokes of the page become an image.
   */
  cuts: { erasers: 1000, crossings: 100_000, vertices: 100_000 },
} as const;
