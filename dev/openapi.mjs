// @ts-check
// `npm run openapi`: writes docs/openapi.json, the description of the API as the built service gives it.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureInstalled } from './install.mjs';
import { fail, passThrough, projectRoot } from './process.mjs';

await ensureInstalled();
// The whole build includes the client, whose types come from the description that this program writes.
if ((await passThrough('npm', ['run', '--silent', 'build:service'])) !== 0) fail('The service was not built.');

const { NestFactory } = await import('@nestjs/core');
const { AppModule } = await import(join(projectRoot, 'dist/app.module.js'));
const { Config } = await import(join(projectRoot, 'dist/platform/config/config.js'));
const { configureHttp } = await import(join(projectRoot, 'dist/platform/http/http-application.js'));
const { describeApi } = await import(join(projectRoot, 'dist/platform/http/open-api.js'));

// Nothing is connected to: a description needs the shape of the application alone.
const secret = 'x'.repeat(32);
const app = await NestFactory.create(AppModule, { preview: true, logger: false });
configureHttp(app, Config.from({ DATABASE_URL: 'postgres://nowhere', JWT_SECRET: secret, LINK_SECRET: secret }));
const file = join(projectRoot, 'docs/openapi.json');
const described = JSON.parse(JSON.stringify(describeApi(app)));
const ordered = inOrderOf(JSON.parse(await readFile(file, 'utf8')), described);
await writeFile(file, `${JSON.stringify(ordered, null, 2)}\n`);

/**
 * The keys as they were: their order follows that of decorators, means nothing, and would only hide what has changed.
 * @param {any} former
 * @param {any} value
 * @returns {any}
 */
function inOrderOf(former, value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => inOrderOf(former?.[index], item));
  const keys = new Set([...Object.keys(former ?? {}).filter((key) => key in value), ...Object.keys(value)]);
  return Object.fromEntries([...keys].map((key) => [key, inOrderOf(former?.[key], value[key])]));
}
