import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import vue from 'eslint-plugin-vue';

/** Words of an earlier vocabulary, for which docs/glossary.md has the terms of the field. */
const FORMER_NAMES =
  'Party|Caller|Parcel|Receipt|Handover\\w*|Upkeep\\w*|Oversight\\w*|Sealer|Rounds|SweepTurns|SharedLook|LongReads|FileKeeper|' +
  'StorageSweep|Belongings|Laboratory|Scenery|RunVerdict|RunWithFate|MailWords|BucketTrouble\\w*|NOBODY|EntrustedCustomer|' +
  'Confinement|DataGrants?|ThreadLine|BucketPlace|OutboundAnswer|ObjectAnswer|Told|toldOf|allTold|askFor|asNobody|nobody|somebody|' +
  'OpenCatalog|ExportShelf|ShelvedExport|\\w*[pP]atience(Ms)?|\\w*PATIENCE\\w*';

/** Phrases of an earlier vocabulary in test titles, which are read in a list of failures. */
const FORMER_PHRASES =
  'is told|are told|is asked for|was asked for|by hand|anew|for good|mended|stands? for|hold(s|ing)? up|held up|' +
  'gives? away|goes by|heeds?|made[ -]up|the house|looked at';

const STYLE = [
  {
    selector: `Identifier[name=/^(${FORMER_NAMES})$/]`,
    message: 'docs/glossary.md has the term for it.',
  },
  {
    selector: `:matches(CallExpression[callee.name=/^(it|describe)$/], CallExpression[callee.callee.object.name=/^(it|describe)$/]) > Literal[value=/\\b(${FORMER_PHRASES})\\b/]`,
    message: 'Say it in the terms of docs/glossary.md.',
  },
  {
    selector: 'Identifier[name=/^(LONGEST|SHORTEST|MOST|LEAST|LARGEST|GREATEST)_/]',
    message: 'Bounds are called MAX_… and MIN_….',
  },
  {
    selector: ':matches(ArrayExpression, CallExpression, NewExpression) > SpreadElement > ArrayExpression.argument',
    message: 'Write the elements themselves: the formatter breaks the lines.',
  },
  {
    selector: 'ObjectExpression > SpreadElement > ObjectExpression.argument',
    message: 'Write the properties themselves: the formatter breaks the lines.',
  },
];

export default defineConfig(
  globalIgnores([
    'dist',
    'node_modules',
    'coverage',
    '.stack',
    'demo-output',
    'src/platform/database/generated',
    'sdk/src/generated',
    'sdk/dist',
  ]),
  { rules: { 'no-restricted-syntax': ['error', ...STYLE] } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Nest modules and controllers are classes that hold nothing but decorators.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Fires on every options and DTO literal of Nest.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/config/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Settings are read and checked in src/platform/config alone.' },
      ],
      'no-restricted-imports': [
        'error',
        ...['process', 'node:process'].map((name) => ({
          name,
          message: 'Use the global `process`, so that reads of env are seen.',
        })),
      ],
    },
  },
  {
    // The main entry of the SDK runs in browsers as well.
    files: ['sdk/src/**/*.ts'],
    ignores: ['sdk/src/node.ts', 'sdk/src/cli/**', '**/*.spec.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '^node:', message: 'Use it in sdk/src/node.ts.' }] }],
      'no-restricted-globals': ['error', 'Buffer', 'process'],
    },
  },
  {
    // The console of the page speaks to its developer.
    files: ['web/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // vue-tsc checks the types.
    files: ['web/console/**/*.vue'],
    extends: [tseslint.configs.recommended, vue.configs['flat/recommended']],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      // The compiler knows the types.
      'no-undef': 'off',
      'vue/require-default-prop': 'off',
      // The formatter decides these.
      'vue/html-indent': 'off',
      'vue/html-self-closing': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': 'error',
      'vue/no-static-inline-styles': 'error',
      'vue/no-v-html': 'error',
      'vue/no-unused-refs': 'error',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    extends: [tseslint.configs.recommended],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['test/**/*.ts', '**/*.spec.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // JSON answers are untyped; the assertions are their check.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
);
