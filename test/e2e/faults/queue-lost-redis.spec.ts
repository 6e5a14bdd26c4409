import { noteBoard } from '../../support/boards';
import type { Client } from '../../support/client';
import { describeWhere } from '../../support/describe-where';
import { expectExactlyOneFile } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { scaledBeside, timeOf } from '../../support/machine';
import { endPauses } from '../../support/pauses';
import { hasRedisServer, RedisServer } from '../../support/redis-server';
import { until } from '../../support/until';

describeWhere(hasRedisServer ? null : 'there is no redis-server on this machine', 'When Redis', () => {
  let redis: RedisServer;
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    redis = await RedisServer.start();
    installation = await Installation.create({ STORAGE: 'disk', REDIS_URL: redis.url });
    ann = await installation.asUser('ann', { at: await installation.startApplication({ ROLE: 'api' }) });
  });

  afterAll(async () => {
    await installation.remove();
    await redis.stop();
  });

  it('is flushed and then stopped, exports are accepted at once and completed when it is back', async () => {
    const session = await ann.saveBoard(noteBoard());
    const flushed = await ann.requestExport(session, 'png');
    const usual = await timeOf(() => ann.status(flushed.id));
    await redis.flush();
    const worker = await installation.start({ ROLE: 'worker' });
    await redis.stop();

    const startedAt = Date.now();
    const untold = await ann.requestExport(session, 'json');
    expect(Date.now() - startedAt).toBeLessThan(scaledBeside(3_000, usual));
    expect(untold.status).toBe('pending');
    await until('the API is not ready', async () => (await fetch(`${ann.url}/health/ready`)).status === 503);
    await redis.start();

    await until('the API is ready again', async () => (await fetch(`${ann.url}/health/ready`)).ok);
    await endPauses(installation);
    for (const { id } of [flushed, untold]) {
      await expectExactlyOneFile(installation, ann, id);
      expect(await installation.history(id)).toEqual(['export.requested', 'export.started', 'export.completed']);
    }
    expect(worker.isRunning).toBe(true);
  });

  it.each<[string, () => Promise<void>]>([
    ['has ended', () => redis.stop()],
    ['does not answer', () => redis.pause()],
  ])('%s, processes shut down within the grace period and ten seconds', async (_, fault) => {
    await redis.start();
    const graceSeconds = 1;
    const environment = { SHUTDOWN_GRACE_SECONDS: String(graceSeconds) };
    const services = await Promise.all(
      ['api', 'worker', 'all'].map((ROLE) => installation.start({ ...environment, ROLE })),
    );
    await fault();

    await Promise.all(services.map((service) => service.kill('SIGTERM')));

    // It would be logged ten seconds after the signal.
    for (const { log } of services) expect(log.map(({ event }) => event)).not.toContain('process.shutdown_timeout');
    await redis.stop();
  });
});
