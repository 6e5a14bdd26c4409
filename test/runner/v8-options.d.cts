/** See the program beside it. */
export const V8_OPTIONS: readonly string[];
