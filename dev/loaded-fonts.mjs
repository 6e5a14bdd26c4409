// @ts-check
// Which fonts the service loads. The sources name each by its folder, so there is no second list.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './process.mjs';

const fontFolder = /@expo-google-fonts\/[\w-]+\/\d\w+/g;

/**
 * The font folders that the sources name, relative to node_modules; none where there are no sources.
 * @param {string} [sources]
 * @returns {Set<string>}
 */
export function loadedFonts(sources = join(projectRoot, 'src')) {
  if (!existsSync(sources)) return new Set();
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|conf)$/.test(file));
  return new Set(files.flatMap((file) => readFileSync(join(sources, file), 'utf8').match(fontFolder) ?? []));
}
