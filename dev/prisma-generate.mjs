// @ts-check
// Writes the Prisma client, after an install and before a build. Never asks the network for anything.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { linkLibraries, locateBinaries } from './postgres/binaries.mjs';
import { capture, localProgram, projectRoot } from './process.mjs';

await generateClient();
prepareEmbeddedPostgres();

async function generateClient() {
  // An image that only runs the service is installed without sources or without tools: nothing to generate there.
  if (!existsSync(localProgram('prisma')) || !existsSync(join(projectRoot, 'prisma/schema.prisma'))) return;
  const { code, output } = await capture(localProgram('prisma'), ['generate'], {
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY:
        process.env['PRISMA_SCHEMA_ENGINE_BINARY'] || join(projectRoot, 'prisma/no-schema-engine.sh'),
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
  if (code !== 0) {
    console.error(`${output}\nPrisma could not generate its client from prisma/*.prisma.`);
    process.exitCode = 1;
  }
}

function prepareEmbeddedPostgres() {
  // Done here as well, because who installs may write to node_modules where who runs may not.
  const native = locateBinaries();
  if (native) linkLibraries(native);
}
