import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import { ObjectServer } from '../support/object-server';
import { createNotes, createSchedule, runsOf, SCHEDULES } from '../support/schedules';
import { until } from '../support/until';

const USERS = ['ann', 'ben', 'eve', 'zoe'];

describe('Buckets that do not respond', () => {
  let installation: Installation;
  let servers: ObjectServer[];

  beforeAll(async () => {
    servers = await Promise.all(USERS.map(() => ObjectServer.start()));
    ({ installation } = await Installation.withApplication({
      OUTBOUND_ALLOWED_HOSTS: servers.map(({ host }) => host).join(','),
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    }));
    await createNotes(installation, ...USERS);
  });
  afterAll(async () => {
    await installation.remove();
    await Promise.all(servers.map((server) => server.stop()));
  });

  /** Has the user's notes brought into a bucket of their own. @returns the id of the schedule */
  async function bring(user: Client, server: ObjectServer): Promise<string> {
    const { id } = await createSchedule(user, {
      delivery_method: 's3',
      destination: 's3://bucket/',
      destination_options: { endpoint: server.url, access_key_id: 'id', secret_access_key: 'key' },
    });
    server.isSilent = server !== servers.at(-1);
    expect((await user.post(`${SCHEDULES}/${id}/run`)).status).toBe(201);
    return id;
  }

  it('do not delay the deliveries of others', async () => {
    const users = await Promise.all(USERS.map((name) => installation.asUser(name)));
    for (const [index, user] of users.slice(0, -1).entries()) await bring(user, servers[index]!);
    await until(
      'all slots have a copy that hangs',
      () => servers.filter(({ unanswered }) => unanswered > 0).length >= 2,
    );

    const schedule = await bring(users.at(-1)!, servers.at(-1)!);

    await until('the copy of the last is there', async () => {
      const [run] = await runsOf(users.at(-1)!, schedule);
      return run?.deliveries[0]?.status === 'delivered';
    });
    // The file and its manifest.
    expect([...servers.at(-1)!.objects.keys()]).toHaveLength(2);
  });
});
