// @ts-check
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/**
 * Writes a file, and beside it the same compressed as well as it can be: `.br` and `.gz`.
 * @param {string} path @param {Uint8Array} contents
 */
export async function writeCompressed(path, contents) {
  const brotliOptions = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: contents.length } };
  await Promise.all([
    writeFile(path, contents),
    writeFile(`${path}.br`, await promisify(brotliCompress)(contents, brotliOptions)),
    writeFile(`${path}.gz`, await promisify(gzip)(contents, { level: 9 })),
  ]);
}
