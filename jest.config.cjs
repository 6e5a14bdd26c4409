/** One runner for all suites; `--selectProjects` narrows it (unit, contracts, golden, formats, e2e). */
const base = {
  testEnvironment: 'node',
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
  transformIgnorePatterns: [
    '/node_modules/(?!@nestjs/|file-type|strtok3|token-types|uint8array-extras|@tokenizer|@borewit|jose|pixelmatch|uuid)',
  ],
};

const suite = (name, testMatch) => ({ ...base, displayName: name, testMatch });

module.exports = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  testTimeout: 60_000,
  projects: [
    suite('unit', ['<rootDir>/src/**/*.spec.ts']),
    suite('contracts', ['<rootDir>/test/contracts/**/*.spec.ts']),
    suite('golden', ['<rootDir>/test/golden/**/*.spec.ts']),
    suite('formats', ['<rootDir>/test/formats/**/*.spec.ts']),
    {
      ...suite('e2e', ['<rootDir>/test/e2e/**/*.spec.ts']),
      testEnvironment: '<rootDir>/test/support/in-process/environment.ts',
    },
  ],
};
