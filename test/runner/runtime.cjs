// @ts-check
// Jest's runtime, but libraries are loaded once for each worker, modules of the project are compiled once, and a test file
// leaves no asynchronous storage behind. It needs the environment beside it, which has the context of the worker.
const asyncHooks = require('node:async_hooks');
const { createRequire } = require('node:module');
const { constants, Script } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/**
 * What this worker compiled, by file. Each test file still gets modules of its own: only their code is shared.
 * @type {Map<string, { source: string, script: Script }>}
 */
const compiled = new Map();

/** Libraries. Those of jest belong to the test file. */
const LIBRARY = /\/node_modules\/(?!jest-|@jest\/|expect\/)/;

module.exports = class WorkerRuntime extends Runtime {
  /** @type {Set<asyncHooks.AsyncLocalStorage<unknown>>} */
  #storages = new Set();
  /** @type {Set<{ value: unknown }>} */
  #stored = new Set();

  /** @param {any[]} given */
  constructor(...given) {
    super(...given);
    this.#compileOnce();
    this.#loadLibrariesOnce();
    this.#noteStorages();
  }

  #compileOnce() {
    const { executor } = this;
    /** @param {string} source @param {string} file @returns {Function | null} null when the environment was torn down */
    executor.compile = (source, file) => {
      if (executor.environment.getVmContext() === null) return null;
      return compile(`(function (${executor.injectedModuleParameters.join(', ')}) {`, source, file).runInThisContext();
    };
  }

  #loadLibrariesOnce() {
    const { cjsLoader } = this;
    const requireModule = cjsLoader.requireModule.bind(cjsLoader);
    /** @param {string} from @param {string | undefined} name @param {{ isInternalModule?: boolean } | undefined} options @param {boolean} isActual @returns {unknown} */
    cjsLoader.requireModule = (from, name, options, isActual) => {
      if (name === undefined || options?.isInternalModule || cjsLoader.resolution.isCoreModule(name))
        return requireModule(from, name, options, isActual);
      const file = cjsLoader.resolution.resolveCjs(from, name);
      return LIBRARY.test(file) ? createRequire(from)(name) : requireModule(from, name, options, isActual);
    };
  }

  /**
   * Jest itself makes a storage for each test file. On Node 20, each storage in use makes every promise of the process more
   * expensive, so that a worker would become slower with every file; and what outlives the file, such as a timer of a library,
   * would keep its tests with all that they hold.
   */
  #noteStorages() {
    const { coreModule } = this;
    const requireCore = coreModule.require.bind(coreModule);
    const [storages, stored] = [this.#storages, this.#stored];
    class NotedStorage extends asyncHooks.AsyncLocalStorage {
      constructor() {
        super();
        storages.add(this);
      }

      /** @param {unknown} value @param {(...given: any[]) => unknown} callback @param {any[]} given */
      run(value, callback, ...given) {
        const holder = { value };
        stored.add(holder);
        return super.run(holder, callback, ...given);
      }

      getStore() {
        const holder = /** @type {{ value: unknown } | undefined} */ (super.getStore());
        return holder?.value;
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
    for (const holder of this.#stored) holder.value = undefined;
    this.#stored.clear();
  }
};

/** @param {string} head @param {string} source @param {string} filename */
function compile(head, source, filename) {
  const known = compiled.get(filename);
  if (known?.source === source) return known.script;
  const script = new Script(`${head}${source}\n})`, {
    filename,
    columnOffset: -head.length,
    // Node's own: libraries and scripts are loaded as the service loads them.
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  compiled.set(filename, { source, script });
  return script;
}
