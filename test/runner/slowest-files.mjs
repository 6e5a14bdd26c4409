// @ts-check
// Prints the ten slowest test files, and fails a complete run in which tests were left out where CI is set.

const SHOWN = 10;

/** A reporter for jest. */
export default class SlowestFiles {
  #leftOut = '';

  /** @param {{ testNamePattern?: string }} globalConfig */
  constructor(globalConfig) {
    this.isComplete = !globalConfig.testNamePattern;
  }

  /**
   * @param {unknown} _contexts
   * @param {import('@jest/test-result').AggregatedResult} results
   */
  onRunComplete(_contexts, { testResults, numPendingTests, numTodoTests }) {
    const files = testResults
      .map(({ testFilePath, perfStats }) => ({ testFilePath, seconds: (perfStats.end - perfStats.start) / 1000 }))
      .sort((one, other) => other.seconds - one.seconds);
    const total = files.reduce((sum, { seconds }) => sum + seconds, 0);
    console.log(`\nTime limits were multiplied by ${process.env['TEST_TIME_SCALE']}.`);
    console.log(`The slowest of ${files.length} files, which took ${total.toFixed(0)} s one by one:`);
    for (const { testFilePath, seconds } of files.slice(0, SHOWN))
      console.log(`${seconds.toFixed(1).padStart(8)} s  ${testFilePath.slice(process.cwd().length + 1)}`);
    const leftOut = numPendingTests + numTodoTests;
    if (process.env['CI'] && this.isComplete && leftOut > 0)
      this.#leftOut = `${leftOut} tests were left out. Where CI is set, all of them must run.`;
  }

  getLastError() {
    return this.#leftOut === '' ? undefined : new Error(this.#leftOut);
  }
}
