export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** A name must not move the cursor of a terminal, nor look like a line of its own. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
