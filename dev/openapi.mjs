// @ts-check
// `npm run openapi`: writes docs/openapi.json, the description of the API as the built service gives it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled } from './install.mjs';
import { projectRoot } from './process.mjs';

await ensureInstalled();
await ensureBuilt();

const { NestFactory } = await import('@nestjs/core');
const { AppModule } = await import(join(projectRoot, 'dist/app.module.js'));
const { Config } = await import(join(projectRoot, 'dist/platform/config/config.js'));
const { configureHttp } = await import(join(projectRoot, 'dist/platform/http/http-application.js'));
const { describeApi } = await import(join(projectRoot, 'dist/platform/http/open-api.js'));

// Nothing is connected to: a description needs the shape of the application alone.
const secret = 'x'.repeat(32);
const app = await NestFactory.create(AppModule, { preview: true, logger: false });
configureHttp(app, Config.from({ DATABASE_URL: 'postgres://nowhere', JWT_SECRET: secret, LINK_SECRET: secret }));
await writeFile(join(projectRoot, 'docs/openapi.json'), `${JSON.stringify(describeApi(app), null, 2)}\n`);
