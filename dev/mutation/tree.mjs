// @ts-check
// A copy of the checkout whose sources may be broken, while the checkout itself stays as it is.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { processStart } from '../process.mjs';
import { findMismatch } from './mutations.mjs';

/** @typedef {{ file: string, search: string, replace: string }} Change */

/** Not copied: what is linked instead, and what no test reads. */
const leftOut = new Set(['node_modules', '.git', '.stack', 'coverage', 'demo-output']);

export class Tree {
  /** @type {{ path: string, text: string } | null} the changed file as it was */
  #changed = null;
  /** Whether dist/ holds a mutation. */
  #isDistChanged = false;

  /**
   * @param {string} root
   * @param {string} pristineDist
   */
  constructor(root, pristineDist) {
    this.root = root;
    this.pristineDist = pristineDist;
  }

  /**
   * Copies the checkout, uncommitted changes included, and links its node_modules.
   * @param {string} checkout
   * @param {string} directory for the copy and what belongs to it
   */
  static copy(checkout, directory) {
    mkdirSync(directory, { recursive: true });
    claim(directory);
    const root = join(directory, 'tree');
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root);
    for (const name of readdirSync(checkout)) {
      if (!leftOut.has(name)) cpSync(join(checkout, name), join(root, name), { recursive: true });
    }
    symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'));
    return new Tree(root, join(directory, 'dist'));
  }

  /** Builds the sources as they are and keeps the result, so that no later build is needed to return to it. */
  async buildPristine() {
    await this.#build();
    rmSync(this.pristineDist, { recursive: true, force: true });
    cpSync(join(this.root, 'dist'), this.pristineDist, { recursive: true });
  }

  /**
   * Changes one place of one file.
   * @param {Change} change
   * @returns {string | null} why the change does not apply
   */
  apply({ file, search, replace }) {
    const mismatch = findMismatch(this.root, { file, search });
    if (mismatch !== null) return mismatch;
    const path = join(this.root, file);
    const text = readFileSync(path, 'utf8');
    this.#changed = { path, text };
    writeFileSync(
      path,
      text.replace(search, () => replace),
    );
    return null;
  }

  /**
   * Prepares dist/ for tests of the changed sources.
   * @param {boolean} isNeeded whether the tests run programs from dist/; the others keep the pristine one
   */
  async prepareDist(isNeeded) {
    if (isNeeded) {
      this.#isDistChanged = true;
      await this.#build();
    } else (await this.#installer()).acceptBuild();
  }

  /** Takes the change back. */
  restore() {
    if (this.#changed) writeFileSync(this.#changed.path, this.#changed.text);
    this.#changed = null;
    if (!this.#isDistChanged) return;
    const dist = join(this.root, 'dist');
    rmSync(dist, { recursive: true, force: true });
    cpSync(this.pristineDist, dist, { recursive: true });
    this.#isDistChanged = false;
  }

  remove() {
    rmSync(this.root, { recursive: true, force: true });
    rmSync(this.pristineDist, { recursive: true, force: true });
    rmSync(join(this.root, '../owner'), { force: true });
  }

  async #build() {
    await (await this.#installer()).ensureBuilt();
  }

  /** The copy's own module, whose paths are those of the copy. @returns {Promise<typeof import('../install.mjs')>} */
  #installer() {
    return import(pathToFileURL(join(this.root, 'dev/install.mjs')).href);
  }
}

/** Two runs at once would change each other's copy. @param {string} directory */
function claim(directory) {
  const file = join(directory, 'owner');
  if (existsSync(file)) {
    const [pid = '', start] = readFileSync(file, 'utf8').split('\n');
    if (start && processStart(Number(pid)) === start) throw new Error(`Process ${pid} is running mutations already.`);
  }
  writeFileSync(file, `${process.pid}\n${processStart(process.pid)}`);
}
