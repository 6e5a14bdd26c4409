import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { RequestHandler } from 'express';
import { WebFile, webFolder } from './web-file';

const HEADERS = {
  // The address of a script stays the same in all versions, so browsers ask again after a short time.
  'Cache-Control': 'public, max-age=600, stale-while-revalidate=86400',
  // The script is public. A page whose origin is not in CORS_ORIGINS may load it, and it shows what is wrong.
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** Serves the scripts for pages of other origins: `/<name>.js` for each script that the build wrote into `dist/web`. */
export function serveWebScripts(app: NestExpressApplication): void {
  const folder = webFolder();
  if (folder === undefined) return;
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.js')) app.use(`/${name}`, toHandler(WebFile.read(join(folder, name))));
  }
}

function toHandler(file: WebFile): RequestHandler {
  return (request, response, next) => {
    if (request.path !== '/' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      next();
      return;
    }
    response.removeHeader('Access-Control-Allow-Credentials');
    file.send(request, response, HEADERS);
  };
}
