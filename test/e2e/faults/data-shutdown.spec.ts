import { randomUUID } from 'node:crypto';
import type { Client } from '../../support/client';
import { addSlowView } from '../../support/data';
import { Installation } from '../../support/installation';
import { OpenResponse } from '../../support/open-response';
import { until } from '../../support/until';

/** Shuts down a process during a streamed response, as a deployment does. */
describe('When a process that streams rows shuts down', () => {
  let installation: Installation;
  let owner: string;

  beforeAll(async () => {
    installation = await Installation.create({ SHUTDOWN_GRACE_SECONDS: '3' });
    await installation.start();
    owner = randomUUID();
    await addSlowView(installation, 'for_a_second', { owner, rows: 1_000, during: 'copy' });
    await addSlowView(installation, 'for_minutes', { owner, rows: 100_000, during: 'copy' });
  });

  afterAll(() => installation.remove());

  async function streamDuringShutdown(table: string): Promise<{ response: OpenResponse; ann: Client }> {
    const ending = await installation.start();
    const there = await installation.asUser(owner, { at: ending });
    const body = { type: 'realtime', format: 'csv', data_types: [table] };
    const response = await OpenResponse.toPost(there, '/api/v1/exports', body);
    response.read();
    void ending.kill('SIGTERM');
    return { response, ann: await installation.asUser(owner) };
  }

  it('a response that finishes in time is complete', async () => {
    const { response, ann } = await streamDuringShutdown('for_a_second');

    expect(await response.end).toBe('whole');
    expect(await ann.status(response.exportId)).toMatchObject({ status: 'completed', record_count: 1_000 });
  });

  it('a longer response is aborted and its record has the reason', async () => {
    const { response, ann } = await streamDuringShutdown('for_minutes');

    expect(await response.end).not.toBe('whole');
    const { error } = await ann.reaches(response.exportId, 'failed', { within: 5_000 });
    expect(error).toBe('The service stopped while the rows went out. Ask for them again.');
    await until('the process has ended', () => !installation.services.at(-1)!.isRunning);
    expect(await installation.history(response.exportId)).toEqual(['export.requested', 'export.failed']);
  });
});
