/** One runner for all suites; `--selectProjects` narrows it (unit, sdk, contracts, golden, formats, e2e). */
const base = {
  testEnvironment: '<rootDir>/test/runner/environment.ts',
  runtime: '<rootDir>/test/runner/runtime.cjs',
  // Not what is built from these: jest would look for dependencies in it.
  roots: ['src', 'test', 'sdk/src', 'web'].map((folder) => `<rootDir>/${folder}`),
  // Copies of the checkout, which `npm run mutate` and the upgrade tests make.
  modulePathIgnorePatterns: ['<rootDir>/.stack/'],
  transform: {
    '^.+\\.(t|m?j)s$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
      },
    ],
  },
};

const suite = (name, testMatch) => ({ ...base, displayName: name, testMatch });

/** What brings up a PostgreSQL server for the suites that need one. */
const withDatabase = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

module.exports = async () => {
  const { timeScale } = await import('./test/runner/machine-speed.mjs');
  const scale = await timeScale();
  // The workers read it from their environment: see test/support/machine.ts.
  process.env.TEST_TIME_SCALE = scale.toFixed(2);
  // Node 20 is supported for as long as its versions of the SDK are.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

  return {
    testSequencer: '<rootDir>/test/runner/longest-first.cjs',
    reporters: ['default', '<rootDir>/test/runner/slowest-files.mjs'],
    // Two more than the usual machine has cores: many tests wait for processes and timers, and leave a core idle.
    maxWorkers: 4,
    testTimeout: Math.ceil(120_000 * scale),
    projects: [
      suite('unit', ['<rootDir>/src/**/*.spec.ts', '<rootDir>/web/**/*.spec.ts']),
      {
        ...suite('sdk', ['<rootDir>/sdk/src/**/*.spec.ts']),
        // Sources import each other as the built modules do.
        moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1', '$1.js'] },
      },
      { ...suite('contracts', ['<rootDir>/test/contracts/**/*.spec.ts']), ...withDatabase },
      {
        ...suite('golden', ['<rootDir>/test/golden/**/*.spec.ts']),
        testEnvironment: '<rootDir>/test/support/in-process/environment.ts',
      },
      { ...suite('formats', ['<rootDir>/test/formats/**/*.spec.ts']), ...withDatabase },
      {
        ...suite('e2e', ['<rootDir>/test/e2e/**/*.spec.ts', '<rootDir>/test/security/**/*.spec.ts']),
        ...withDatabase,
        testEnvironment: '<rootDir>/test/support/in-process/environment.ts',
      },
      {
        ...suite('browser', ['<rootDir>/test/browser/**/*.spec.ts']),
        ...withDatabase,
        testEnvironment: '<rootDir>/test/support/in-process/environment.ts',
      },
      { ...suite('upgrade', ['<rootDir>/test/upgrade/upgrade.spec.ts']), ...withDatabase },
    ],
  };
};
