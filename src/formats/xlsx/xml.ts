const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};
const CONTROLS = '\\u0000-\\u0008\\u000b-\\u001f\\ufffe\\uffff';
const FALSE_CODE = new RegExp(`_(?=[xX][0-9A-Fa-f]{4}[_${CONTROLS}])`, 'g');
const CONTROL = new RegExp(`[${CONTROLS}]`, 'g');
const UNUSUAL = new RegExp(`[&<>"\\n${CONTROLS}]|_[xX]`);

/** A part of a workbook. */
export function xmlPart(content: string): Buffer {
  return Buffer.from(DECLARATION + content);
}

/**
 * Any text as an attribute, or as the content of an element. Characters that XML lacks have a code in workbooks; what only looks
 * like one is told apart by the underscore's own. A half of a character becomes U+FFFD where the text becomes bytes.
 */
export function xmlText(text: string): string {
  // Nearly all of them are handed through.
  if (!UNUSUAL.test(text)) return text;
  return text
    .replace(FALSE_CODE, '_x005F_')
    .replace(CONTROL, (control) => `_x${control.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replace(/[&<>"\n]/g, (character) => REFERENCES[character] ?? character);
}
