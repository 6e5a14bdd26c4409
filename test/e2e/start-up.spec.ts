import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../support/installation';
import type { Service } from '../support/service';
import { until } from '../support/until';

const WATCH = join(__dirname, '../support/loaded-scripts.cjs');

/** What every process needs besides its bundle. A package that joins these costs every start; see dev/bundle.mjs. */
const NEEDED = ['@prisma/client', '@prisma/client-runtime-utils', 'piscina', 'swagger-ui-dist'];

describe('A process that has just become ready', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.create({
      STORAGE: 'disk',
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'exports@example.com',
    });
  });

  afterAll(() => installation.remove());

  it.each([
    ['api', NEEDED],
    // These deliver mail, and see at their start whether their settings serve for it.
    ['worker', [...NEEDED, 'nodemailer']],
    ['all', [...NEEDED, 'nodemailer']],
  ])('has not loaded packages in role %s that only some requests or jobs need', async (ROLE, expected) => {
    const LOADED_SCRIPTS = join(installation.storageFolder, `.loaded-${ROLE}`);
    const service = await installation.start({ ROLE, LOADED_SCRIPTS, NODE_OPTIONS: `--require ${WATCH}` });

    const packages = packagesOf(await scriptsOf(service, LOADED_SCRIPTS));

    expect(packages).toEqual([...expected].sort());
  });
});

async function scriptsOf(service: Service, file: string): Promise<string[]> {
  process.kill(service.processId, 'SIGUSR2');
  await until('the service has written what it loaded', () => existsSync(file));
  return JSON.parse(readFileSync(file, 'utf8')) as string[];
}

function packagesOf(scripts: readonly string[]): string[] {
  const names = scripts.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []);
  return [...new Set(names)].sort();
}
