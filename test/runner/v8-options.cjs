// @ts-check
/**
 * Options of Node for processes that end within seconds or minutes: they gain little from code that V8 optimizes in the background.
 * The budgets delay that for JavaScript, and prevent it for WebAssembly, which is the query compiler of Prisma. Later versions of
 * Node have other options.
 * @type {readonly string[]}
 */
exports.V8_OPTIONS = process.version.startsWith('v20.')
  ? ['--wasm-tiering-budget=1000000000', '--interrupt-budget=270336']
  : [];
