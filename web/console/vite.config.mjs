// @ts-check
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { messageModule } from '../../sdk/compile-messages.mjs';
import { writeCompressed } from '../../dev/compressed-file.mjs';

const root = import.meta.dirname;

export default defineConfig({
  root,
  // The console has no fixed address: a proxy may serve the service below a path.
  base: './',
  plugins: [
    vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'export-button' } } }),
    messages(),
    apiFacts(),
    compressed(),
  ],
  define: { __VUE_OPTIONS_API__: false, __VUE_PROD_DEVTOOLS__: false },
  build: {
    outDir: join(root, '../../dist/web/console'),
    emptyOutDir: true,
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // A data: URL would be refused by the policy of the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  logLevel: 'warn',
});

/** A module called `messages/compiled.js` has the catalogues of its folder. @returns {import('vite').Plugin} */
function messages() {
  const suffix = '/messages/compiled.js';
  return {
    name: 'messages',
    enforce: 'pre',
    resolveId: (path, importer) =>
      path.endsWith(suffix) && importer ? resolve(dirname(importer.split('?')[0] ?? ''), path) : undefined,
    load: (id) => (id.endsWith(suffix) ? messageModule(dirname(id)).replace(' as const', '') : undefined),
  };
}

/** The module called `api-facts.js` has what the console offers because the API takes it. @returns {import('vite').Plugin} */
function apiFacts() {
  const suffix = '/service/api-facts.js';
  return {
    name: 'api-facts',
    enforce: 'pre',
    resolveId: (path) => (path.endsWith(suffix) ? join(root, suffix) : undefined),
    load(id) {
      if (!id.endsWith(suffix)) return undefined;
      const { schemas } = JSON.parse(readFileSync(join(root, '../../docs/openapi.json'), 'utf8')).components;
      const formatsOf = (/** @type {string} */ schema) => schemas[schema].properties.format.enum;
      const facts = {
        BOARD_FORMATS: formatsOf('BoardExportRequest'),
        BOARDS_FORMATS: formatsOf('BoardsExportRequest'),
        RESULTS_FORMATS: formatsOf('ResultsExportBody'),
        MAX_BOARDS: schemas.BoardsExportRequest.properties.session_ids.maxItems,
      };
      return Object.entries(facts)
        .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
        .join('\n');
    },
  };
}

/** Writes each file in the encodings that browsers accept as well, so that the service need not compress. @returns {import('vite').Plugin} */
function compressed() {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle: async ({ dir }, files) => {
      await Promise.all(
        Object.values(files).map((file) =>
          writeCompressed(join(dir ?? '', file.fileName), Buffer.from(file.type === 'chunk' ? file.code : file.source)),
        ),
      );
    },
  };
}
