import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { RequestHandler } from 'express';

/** Beside the bundled program, or in `dist` seen from this file. */
const FOLDERS = [join(__dirname, 'web'), join(__dirname, '../../web'), join(__dirname, '../../../dist/web')];

/** The best compression first. The build writes each file in all of them. */
const ENCODINGS = { br: '.br', gzip: '.gz' } as const;

/** The address of a script stays the same in all versions, so browsers ask again after a short time. */
const CACHE_CONTROL = 'public, max-age=600, stale-while-revalidate=86400';

/** Serves the scripts for pages of other origins: `/<name>.js` for each script that the build wrote into `dist/web`. */
export function serveWebScripts(app: NestExpressApplication): void {
  const folder = FOLDERS.find((path) => existsSync(path));
  if (folder === undefined) return;
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.js')) app.use(`/${name}`, toHandler(join(folder, name)));
  }
}

function toHandler(path: string): RequestHandler {
  const plain = readFileSync(path);
  const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  const encoded = Object.entries(ENCODINGS)
    .filter(([, suffix]) => existsSync(path + suffix))
    .map(([encoding, suffix]) => ({ encoding, body: readFileSync(path + suffix) }));

  return (request, response, next) => {
    if (request.path !== '/' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      next();
      return;
    }
    const chosen = encoded.find(({ encoding }) => request.acceptsEncodings(encoding));
    if (chosen) response.set('Content-Encoding', chosen.encoding);
    response.set({
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': CACHE_CONTROL,
      ETag: `"${hash}${chosen ? `-${chosen.encoding}` : ''}"`,
      // The script is public. A page whose origin is not in CORS_ORIGINS may load it, and it shows what is wrong.
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
    response.removeHeader('Access-Control-Allow-Credentials');
    response.vary('Accept-Encoding');
    response.send(chosen?.body ?? plain);
  };
}
