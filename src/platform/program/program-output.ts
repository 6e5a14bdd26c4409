export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** Replaces control characters, which could move the cursor of a terminal or fake a line. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
