// @ts-check
// bull-board on the service's queue: what waits, runs and is delayed. A finished job leaves nothing in the queue.
import { createServer } from 'node:http';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { createPostgresBackend, Queue } from 'bullmq';
import express from 'express';
import { freePortFrom } from '../service/ports.mjs';

// As in src/platform/queue.
const queueName = 'exports';
const schema = 'bullmq';

/**
 * For this machine alone: who can open the console can do anything to the queue.
 * @param {{ databaseUrl: string, redisUrl: string | undefined, port: number }} options
 */
export async function startQueueConsole({ databaseUrl, redisUrl, port: wanted }) {
  const queue = redisUrl
    ? new Queue(queueName, { connection: { url: redisUrl } })
    : new Queue(
        queueName,
        { connection: { connectionString: databaseUrl, schema, migrate: true, max: 2 } },
        createPostgresBackend,
      );
  queue.on('error', () => {});
  const adapter = new ExpressAdapter();
  createBullBoard({ queues: [new BullMQAdapter(/** @type {any} */ (queue))], serverAdapter: adapter });
  const port = await freePortFrom(wanted);
  const server = createServer(express().use('/', adapter.getRouter()));
  await new Promise((done) => server.listen(port, '127.0.0.1', () => done(undefined)));
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await queue.close();
    },
  };
}
