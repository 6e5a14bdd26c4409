// @ts-check
// Serves the examples on an origin of their own, with a strict Content-Security-Policy. Vue and React are bundled for it.
//   API=http://localhost:8000 TOKEN=… BOARD=… DATA_TYPE=… EVENT=… node examples/export-button/serve.mjs
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { compileScript, parse } from 'vue/compiler-sfc';

const folder = fileURLToPath(new URL('.', import.meta.url));
const types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };

const { API = 'http://localhost:8000', TOKEN = '', BOARD = '', DATA_TYPE = '', EVENT = '', PORT = '5173' } = process.env;

// What a page with the button has to allow: its script, and requests to the service.
const POLICY = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    `default-src 'none'; script-src 'self' ${API}; connect-src 'self' ${API}; style-src 'self'; ` +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

const server = createServer((request, response) => {
  respond(request.url ?? '/').then(
    ({ status, type, body }) => response.writeHead(status, { 'Content-Type': type, ...POLICY }).end(body),
    (error) => response.writeHead(500).end(String(error)),
  );
});
server.listen(Number(PORT), 'localhost', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  for (const name of ['html', 'vue', 'react']) console.log(`http://localhost:${port}/${name}/`);
});

/** @param {string} url */
async function respond(url) {
  const { pathname } = new URL(url, 'http://localhost');
  if (pathname === '/token') return { status: 200, type: 'text/plain', body: TOKEN };
  const path = normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
  const type = types[/** @type {keyof typeof types} */ (extname(path))];
  const source = type && (await read(path).catch(() => undefined));
  if (source === undefined) return { status: 404, type: 'text/plain', body: 'Not found' };
  return { status: 200, type: `${type}; charset=utf-8`, body: fillIn(source) };
}

/** @param {string} path */
function read(path) {
  if (path === '/vue/main.js') return bundle('vue/main.js');
  if (path === '/react/main.js') return bundle('react/main.jsx');
  return readFile(join(folder, path), 'utf8');
}

/** @param {string} entry */
async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [join(folder, entry)],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    // The button comes from the service, always in its version.
    external: ['https://*'],
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    plugins: [{ name: 'vue', setup: compileVue }],
  });
  return outputFiles[0]?.text ?? '';
}

/** @param {import('esbuild').PluginBuild} build */
function compileVue({ onLoad }) {
  onLoad({ filter: /\.vue$/ }, async ({ path }) => {
    const { descriptor } = parse(await readFile(path, 'utf8'), { filename: path });
    const isCustomElement = (/** @type {string} */ tag) => tag.includes('-');
    const templateOptions = { compilerOptions: { isCustomElement } };
    const { content } = compileScript(descriptor, { id: path, inlineTemplate: true, templateOptions });
    return { contents: content };
  });
}

/** @param {string} source */
function fillIn(source) {
  return source
    .replaceAll('https://exports.example.org', API)
    .replaceAll('BOARD_ID', BOARD)
    .replaceAll('DATA_TYPE', DATA_TYPE)
    .replaceAll('EVENT_ID', EVENT);
}
