import { PROPERTIES } from './allow-list';

/** The declarations of a `style` attribute or of a rule, by property; only those that are allowed. */
export type Declarations = ReadonlyMap<string, string>;

/** A rule of a `<style>` element. */
export interface StyleRule {
  readonly selectors: string;
  readonly declarations: Declarations;
}

const COMMENT = /\/\*[^]*?(?:\*\/|$)|<!--|-->/g;
const DECLARATION = /([-\w]+)\s*:((?:"[^"]*"|'[^']*'|\([^()]*\)|[^;"'()])*)/g;
const REFERENCE = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)]*?))\s*\)/gi;
/** A block of an at-rule may have rules in it, which have blocks themselves. */
const AT_RULE = /@[^;{}]*(?:;|\{(?:[^{}]|\{[^{}]*\})*\}|$)/g;
const RULE = /([^{}]+)\{([^{}]*)\}/g;
/** What is not there is not drawn, exactly as if it could not be fetched. */
const NOWHERE = 'url(#-)';

/**
 * A value that refers to nothing outside its document. `null` when it may hide what it says: librsvg understands
 * escapes of CSS, and SVG files do not need them.
 */
export function safeValue(value: string): string | null {
  if (value.includes('\\')) return null;
  return value.replaceAll(REFERENCE, (reference, double?: string, single?: string, bare?: string) =>
    (double ?? single ?? bare ?? '').trim().startsWith('#') ? reference : NOWHERE,
  );
}

/** The ids that a value refers to. */
export function referencesIn(value: string): string[] {
  return [...value.matchAll(REFERENCE)].flatMap(([, double, single, bare]) => {
    const target = (double ?? single ?? bare ?? '').trim();
    return target.startsWith('#') ? [target.slice(1)] : [];
  });
}

/** Reads the declarations that are allowed; later ones win. */
export function readDeclarations(text: string): Declarations {
  const declarations = new Map<string, string>();
  for (const [, name = '', raw = ''] of text.replaceAll(COMMENT, '').matchAll(DECLARATION)) {
    const property = name.toLowerCase();
    const value = PROPERTIES.has(property) ? safeValue(raw.trim()) : null;
    if (value !== null) declarations.set(property, value);
  }
  return declarations;
}

/** Reads the rules of a style sheet. At-rules are left out: they import, or say what librsvg does not understand. */
export function readStyleSheet(text: string): StyleRule[] {
  const plain = text.replaceAll(COMMENT, '').replaceAll(AT_RULE, '');
  return [...plain.matchAll(RULE)].flatMap(([, selectors = '', body = '']) => {
    const declarations = readDeclarations(body);
    return selectors.includes('\\') || declarations.size === 0 ? [] : [{ selectors: selectors.trim(), declarations }];
  });
}

/** Writes declarations as CSS. */
export function writeDeclarations(declarations: Declarations): string {
  return [...declarations].map(([property, value]) => `${property}:${value}`).join(';');
}
