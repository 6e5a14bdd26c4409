import { randomUUID } from 'node:crypto';
import type { Client } from '../../support/client';
import { offerSlowView } from '../../support/data';
import { Installation } from '../../support/installation';
import { OpenResponse } from '../../support/open-response';
import { until } from '../../support/until';

/** What a deploy does to answers that are under way: some processes end, others go on. */
describe('When a process that streams rows shuts down', () => {
  let installation: Installation;
  let owner: string;

  beforeAll(async () => {
    installation = await Installation.create({ SHUTDOWN_GRACE_SECONDS: '3' });
    await installation.start();
    owner = randomUUID();
    await offerSlowView(installation, 'for_a_second', { owner, rows: 1_000, during: 'copy' });
    await offerSlowView(installation, 'for_minutes', { owner, rows: 100_000, during: 'copy' });
  });

  afterAll(() => installation.remove());

  async function streamFromAProcessThatEnds(table: string): Promise<{ answer: OpenResponse; ann: Client }> {
    const ending = await installation.start();
    const there = await installation.asUser(owner, { at: ending });
    const body = { type: 'realtime', format: 'csv', data_types: [table] };
    const answer = await OpenResponse.toPost(there, '/api/v1/exports', body);
    answer.read();
    void ending.kill('SIGTERM');
    return { answer, ann: await installation.asUser(owner) };
  }

  it('a response that finishes in time is complete', async () => {
    const { answer, ann } = await streamFromAProcessThatEnds('for_a_second');

    expect(await answer.end).toBe('whole');
    expect(await ann.status(answer.exportId)).toMatchObject({ status: 'completed', record_count: 1_000 });
  });

  it('a longer response is aborted and its record has the reason', async () => {
    const { answer, ann } = await streamFromAProcessThatEnds('for_minutes');

    expect(await answer.end).not.toBe('whole');
    const { error } = await ann.reaches(answer.exportId, 'failed', { within: 5_000 });
    expect(error).toBe('The service stopped while the rows went out. Ask for them again.');
    await until('the process has ended', () => !installation.services.at(-1)!.isRunning);
    expect(await installation.history(answer.exportId)).toEqual(['export.requested', 'export.failed']);
  });
});
