// @ts-check
// Compiles catalogues of ICU messages, so that a program needs no parser for them: src/messages/format-message.ts formats the result.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';

/** @typedef {ReturnType<IntlMessageFormat['getAst']>} Elements */
/** @typedef {import('./src/messages/format-message.js').Message} Message */

/** The element types of the parser, which exports them by number only. */
const LITERAL = 0;
const ARGUMENT = 1;
const PLURAL = 6;
const POUND = 7;

/**
 * The source of a module that exports `messages`: the catalogues of a folder, one JSON file for each locale.
 * @param {string} folder
 */
export function messageModule(folder) {
  const catalogues = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [basename(name, '.json'), compileCatalogue(join(folder, name))]);
  return `export const messages = ${JSON.stringify(Object.fromEntries(catalogues))} as const;\n`;
}

/** @param {string} file @returns {Record<string, Message>} */
function compileCatalogue(file) {
  const patterns = Object.entries(/** @type {Record<string, string>} */ (JSON.parse(readFileSync(file, 'utf8'))));
  return Object.fromEntries(
    patterns.map(([key, pattern]) => {
      try {
        const format = new IntlMessageFormat(pattern, basename(file, '.json'), undefined, { ignoreTag: true });
        return [key, compile(format.getAst())];
      } catch (error) {
        throw new Error(`${file}: the message "${key}" is not valid: ${String(error)}`);
      }
    }),
  );
}

/** @param {Elements} elements @returns {Message} */
function compile(elements) {
  if (elements.length === 1 && elements[0]?.type === LITERAL) return elements[0].value;
  return elements.map((element) => {
    switch (/** @type {number} */ (element.type)) {
      case LITERAL:
        return /** @type {{ value: string }} */ (element).value;
      case ARGUMENT:
        return [/** @type {{ value: string }} */ (element).value];
      case POUND:
        return 0;
      case PLURAL: {
        const { value, options } = /** @type {{ value: string, options: Record<string, { value: Elements }> }} */ (
          /** @type {unknown} */ (element)
        );
        return [
          value,
          Object.fromEntries(Object.entries(options).map(([form, option]) => [form, compile(option.value)])),
        ];
      }
      default:
        throw new Error('only arguments and plurals are supported');
    }
  });
}
