// @ts-check
// Jest's runtime, but a module is compiled once for each worker, and not once more for each test file that loads it, and a
// test file leaves no asynchronous storage behind.
const asyncHooks = require('node:async_hooks');
const { Script } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/**
 * What this worker compiled, by file. Each test file still gets modules of its own: only their code is shared.
 * @type {Map<string, { source: string, script: Script }>}
 */
const compiled = new Map();

module.exports = class WorkerRuntime extends Runtime {
  /** @type {Set<asyncHooks.AsyncLocalStorage<unknown>>} */
  #storages = new Set();

  /** @param {any[]} given */
  constructor(...given) {
    super(...given);
    this.#compileOnce();
    this.#noteStorages();
  }

  #compileOnce() {
    const { executor } = this;
    const compileAgain = executor.compile.bind(executor);

    /** @param {string} source @param {string} file @returns {Function | null} null when the environment was torn down */
    executor.compile = (source, file) => {
      const context = executor.environment.getVmContext();
      // A module with dynamic imports belongs to the runtime that resolves them.
      if (context === null || file === executor.testPath || source.includes('import('))
        return compileAgain(source, file);
      const head = `(function (${executor.injectedModuleParameters.join(', ')}) {`;
      const script = compile(`${head}${source}\n})`, file, head.length);
      // Jest explains errors of syntax.
      return script?.runInContext(context) ?? compileAgain(source, file);
    };
  }

  /**
   * Jest itself makes a storage for each test file. On Node 20, each storage in use makes every promise of the process more
   * expensive, so that a worker would become slower with every file.
   */
  #noteStorages() {
    const { coreModule } = this;
    const requireCore = coreModule.require.bind(coreModule);
    const storages = this.#storages;
    class NotedStorage extends asyncHooks.AsyncLocalStorage {
      constructor() {
        super();
        storages.add(this);
      }
    }
    /** @param {string} name @returns {unknown} */
    coreModule.require = (name) =>
      /^(node:)?async_hooks$/.test(name) ? { ...asyncHooks, AsyncLocalStorage: NotedStorage } : requireCore(name);
  }

  teardown() {
    super.teardown();
    for (const storage of this.#storages) storage.disable();
    this.#storages.clear();
  }
};

/** @param {string} source @param {string} filename @param {number} headLength */
function compile(source, filename, headLength) {
  const known = compiled.get(filename);
  if (known?.source === source) return known.script;
  try {
    const script = new Script(source, { filename, columnOffset: -headLength });
    compiled.set(filename, { source, script });
    return script;
  } catch {
    return undefined;
  }
}
