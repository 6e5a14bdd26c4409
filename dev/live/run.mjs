// @ts-check
// The stack that stays: database and files are kept in .stack/dev from one run to the next.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../process.mjs';
import { runProgram } from '../service/resource-stack.mjs';
import { ApiClient, consoleLinkFor, tokenFor } from '../service/client.mjs';
import { exampleBoards } from '../service/example-boards.mjs';
import { freePortFrom } from '../service/ports.mjs';
import { migrate } from '../service/service.mjs';
import { startStack } from '../stack.mjs';
import { watchSources } from './compiler.mjs';
import { noteDatabase } from './database-note.mjs';
import { greeting } from './greeting.mjs';
import { readableLine } from './log-lines.mjs';
import { startQueueConsole } from './queue-console.mjs';
import { ReloadingService } from './reloading-service.mjs';

const folder = join(projectRoot, '.stack/dev');
const user = 'demo';
const usualPort = Number(process.env['PORT']) || 8000;
const usualQueuePort = 3030;
/** Where the development servers of front ends listen (Vite, its preview, Next and others), which may send credentials. */
const frontEndOrigins = ['localhost', '127.0.0.1'].flatMap((host) =>
  [3000, 3001, 4173, 4200, 5173, 5174, 8080].map((port) => `http://${host}:${port}`),
);

await runProgram(async (resources) => {
  const stack = await resources.start(
    () => startStack({ directory: join(folder, 'postgres'), persistent: true, onLog: console.log }),
    (started) => started.stop(),
  );
  await migrate(stack.databaseUrl);
  await resources.start(
    () => noteDatabase(stack.databaseUrl),
    (forget) => forget(),
  );
  const port = await freePortFrom(usualPort);
  if (port !== usualPort) console.log(`Port ${usualPort} is taken: the service listens on ${port}.`);

  /** @type {ReloadingService | undefined} */
  let reloading = undefined;
  const sources = await resources.start(
    () => watchSources({ folder, onCompiled: () => reloading?.restart(), onComplaint: console.log }),
    (started) => started.stop(),
  );
  const service = await resources.start(
    () => {
      const options = optionsOf({ port, databaseUrl: stack.databaseUrl, program: sources.program });
      reloading = new ReloadingService(options, console.log);
      return reloading;
    },
    (started) => started.stop(),
  );
  const { url } = await service.start();
  const board = await resources.start(
    () =>
      startQueueConsole({ databaseUrl: stack.databaseUrl, redisUrl: process.env['REDIS_URL'], port: usualQueuePort }),
    (started) => started.stop(),
  );
  const token = await tokenFor(user, '--hours', '720');
  const session = await seedOnce(ApiClient.ofPerson(url, token));
  const isConsoleOn = process.env['CONSOLE'] !== 'off';
  const consoleLink = isConsoleOn ? await consoleLinkFor(url, user, '--role', 'admin') : undefined;
  console.log(greeting({ url, consoleLink, queueUrl: board.url, folder, user, token, session }));
  return new Promise(() => {});
});

/**
 * What the shell sets goes to the service, Redis and S3 included; the database is ours.
 * @param {{ port: number, databaseUrl: string, program: string }} own
 */
function optionsOf(own) {
  const storage = process.env['STORAGE_DIR'] || join(folder, 'storage');
  mkdirSync(storage, { recursive: true });
  const env = {
    RATE_LIMIT_BOARDS: 'off',
    RATE_LIMIT_EXPORTS: 'off',
    RATE_LIMIT_SESSIONS: 'off',
    RATE_LIMIT_THUMBNAILS: 'off',
    RATE_LIMIT_SCHEDULE_CHANGES: 'off',
    CORS_ORIGINS: frontEndOrigins.join(','),
    ...process.env,
  };
  return { ...own, storage, env, onLine: (/** @type {string} */ line) => console.log(readableLine(line)) };
}

/**
 * Gives the user the example boards, unless there are boards already.
 * @param {ApiClient} client
 */
async function seedOnce(client) {
  const { count } = await client.sessions();
  if (count === 0) {
    for (const { name, state } of exampleBoards()) await client.createSession(name, state);
  }
  const { results } = await client.sessions();
  return results.find(({ name }) => name === '08-thirty-pages') ?? results[0];
}
