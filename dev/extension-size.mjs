// @ts-check
// npm run extension-size -- <commits> <its own paths …>: how much of the code an extension had to touch beside its own files.
// For example: npm run extension-size -- main..format-yaml src/formats/yaml
import { capture, fail } from './process.mjs';

/** Made by programs, or about the extension without being part of it. */
const NOT_COUNTED = [/^docs\//, /^test\//, /\.spec\.ts$/, /^package-lock\.json$/, /^CHANGELOG\.md$/];

const [commits, ...own] = process.argv.slice(2);
try {
  if (!commits || own.length === 0) throw new Error('Usage: npm run extension-size -- <commits> <its own paths …>');
  const { code, stdout, output } = await capture('git', ['diff', '--numstat', '--no-renames', commits]);
  if (code !== 0) throw new Error(output.trim());
  const changes = stdout.trim().split('\n').filter(Boolean).map(toChange);
  const counted = changes.filter(({ file }) => !NOT_COUNTED.some((pattern) => pattern.test(file)));
  print('its own files', counted.filter(isOwn));
  print(
    'other files',
    counted.filter((change) => !isOwn(change)),
  );
} catch (error) {
  fail(error);
}

/** @typedef {{ file: string, added: number, removed: number }} Change */

/** @param {string} line @returns {Change} */
function toChange(line) {
  const [added, removed, file = ''] = line.split('\t');
  return { file, added: Number(added), removed: Number(removed) };
}

/** @param {Change} change */
function isOwn({ file }) {
  return own.some((path) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`));
}

/** @param {string} title @param {Change[]} changes */
function print(title, changes) {
  const sum = (/** @type {'added' | 'removed'} */ key) => changes.reduce((total, change) => total + change[key], 0);
  console.log(`${title}: ${changes.length}, ${sum('added')} lines added, ${sum('removed')} removed`);
  for (const { file, added, removed } of changes) console.log(`  +${added} -${removed}  ${file}`);
}
