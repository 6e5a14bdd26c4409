// @ts-check
// Preloaded by the processes that tests start: keeps their compiled code for the next start, as Node itself does from
// version 22 on (see src/main.ts). Without it, a quarter of the CPU time of a start goes into compiling.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const { deserialize, serialize } = require('node:v8');
const { constants, Script } = require('node:vm');
const { isMainThread } = require('node:worker_threads');

/** By then a process has run what it needs to start. */
const SAVE_AFTER_MS = 3_000;
const folder = join(__dirname, '../../.stack/compiled');

/** @typedef {{ version: string, code: Buffer }} Compiled of which version of a file */

// A thread learns its program later. All threads may share what is kept: it is found by file.
const program = isMainThread ? process.argv[1] : 'thread';
if (!('enableCompileCache' in Module) && program) keepCompiledCode(program);

/** @param {string} program */
function keepCompiledCode(program) {
  // V8 rejects what was compiled with other options.
  const compiledBy = [program, ...process.execArgv, process.env['NODE_OPTIONS']].join(' ');
  const store = join(folder, createHash('sha256').update(compiledBy).digest('hex').slice(0, 16));
  const kept = readStore(store);
  /** @type {Map<string, { version: string, script: Script }>} */
  const compiledNow = new Map();
  let isComplete = kept.size > 0;

  const compileWithNode = Module.prototype._compile;
  /** @param {string} source @param {string} filename @param {string} [format] */
  Module.prototype._compile = function compile(source, filename, format) {
    if (format === 'module') return compileWithNode.call(this, source, filename, format);
    const version = versionOf(filename);
    const known = kept.get(filename);
    kept.delete(filename);
    const cachedData = known?.version === version ? known.code : undefined;
    const script = new Script(Module.wrap(source.replace(/^#!.*/, '')), {
      filename,
      ...(cachedData && { cachedData }),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    if (!cachedData || script.cachedDataRejected) isComplete = false;
    compiledNow.set(filename, { version, script });
    const run = script.runInThisContext();
    return run.call(this.exports, this.exports, Module.createRequire(filename), this, filename, dirname(filename));
  };

  const save = () => {
    if (!isComplete) writeStore(store, compiledNow);
    isComplete = true;
    compiledNow.clear();
  };
  setTimeout(save, SAVE_AFTER_MS).unref();
  process.once('exit', save);
}

/** @param {string} file */
function versionOf(file) {
  const { mtimeMs, size } = statSync(file);
  return `${mtimeMs} ${size}`;
}

/** @param {string} store @returns {Map<string, Compiled>} */
function readStore(store) {
  try {
    return deserialize(readFileSync(store));
  } catch {
    return new Map();
  }
}

/** @param {string} store @param {Map<string, { version: string, script: Script }>} compiled */
function writeStore(store, compiled) {
  // Another process may have loaded other files.
  const all = readStore(store);
  for (const [file, { version, script }] of compiled) all.set(file, { version, code: script.createCachedData() });
  mkdirSync(folder, { recursive: true });
  const unfinished = `${store}.${process.pid}`;
  writeFileSync(unfinished, serialize(all));
  renameSync(unfinished, store);
}
