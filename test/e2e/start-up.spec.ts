import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../support/installation';
import type { Service } from '../support/service';
import { until } from '../support/until';

const WATCH = join(__dirname, '../support/loaded-scripts.cjs');

/** What takes long to load, and is needed by few requests or jobs. */
const HEAVY = ['@aws-sdk/client-s3', '@napi-rs/canvas', 'fontkit', 'nodemailer', 'pdfkit', 'sharp'];

describe('A process that has just become ready', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.create();
  });

  afterAll(() => installation.remove());

  it.each(['api', 'worker', 'all'])(
    'has loaded nothing in role %s that only some requests or jobs need',
    async (ROLE) => {
      const LOADED_SCRIPTS = join(installation.storageFolder, `.loaded-${ROLE}`);
      const service = await installation.start({ ROLE, LOADED_SCRIPTS, NODE_OPTIONS: `--require ${WATCH}` });

      const packages = packagesOf(await scriptsOf(service, LOADED_SCRIPTS));

      expect(packages).toEqual(expect.arrayContaining(['@nestjs/core', 'bullmq', 'express', 'pg']));
      const needed = installation.isOnS3 ? ['@aws-sdk/client-s3'] : [];
      expect(packages.filter((name) => HEAVY.includes(name))).toEqual(needed);
    },
  );
});

async function scriptsOf(service: Service, file: string): Promise<string[]> {
  process.kill(service.processId, 'SIGUSR2');
  await until('the service has written what it loaded', () => Promise.resolve(existsSync(file)));
  return JSON.parse(readFileSync(file, 'utf8')) as string[];
}

function packagesOf(scripts: readonly string[]): string[] {
  const names = scripts.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []);
  return [...new Set(names)].sort();
}
