// @ts-check
// Serves the examples on an origin of their own, with a strict Content-Security-Policy:
//   API=http://localhost:8000 TOKEN=… BOARD=… DATA_TYPE=… EVENT=… node examples/export-button/serve.mjs
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

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
  const source = type && (await readFile(join(folder, path), 'utf8').catch(() => undefined));
  if (source === undefined) return { status: 404, type: 'text/plain', body: 'Not found' };
  return { status: 200, type: `${type}; charset=utf-8`, body: fillIn(source) };
}

/** @param {string} source */
function fillIn(source) {
  return source
    .replaceAll('https://exports.example.org', API)
    .replaceAll('BOARD_ID', BOARD)
    .replaceAll('DATA_TYPE', DATA_TYPE)
    .replaceAll('EVENT_ID', EVENT);
}

