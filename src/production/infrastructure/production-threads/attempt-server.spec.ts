import { MessageChannel } from 'node:worker_threads';
import { type BenchTraits, createExportBench, TEXT } from '../../../../test/support/export-bench';
import { until } from '../../../../test/support/until';
import { onAbort, pause } from '../../../platform/async';
import { RequestContext } from '../../../platform/observability/request-context';
import { ExportProduction } from '../../model/services/export-production';
import { PartProduction } from '../../model/services/part-production';
import { AttemptServer } from './attempt-server';
import type { FromThread, ToThread } from './thread-protocol';

async function setup(textOf: BenchTraits['textOf'] = () => TEXT, beforeLine?: BenchTraits['beforeLine']) {
  const bench = createExportBench({ textOf, beforeLine });
  const attempt = (await bench.claim(await bench.request()))!;
  const { port1, port2 } = new MessageChannel();
  const closed = jest.fn();
  const parts = new PartProduction(bench.sources, bench.storage);
  new AttemptServer(new ExportProduction(bench.rendering, bench.storage), parts).serve(port2, closed);
  const send = (message: ToThread) => {
    port1.postMessage(message);
  };
  ports.push(port1);
  const received: FromThread[] = [];
  port1.on('message', (message: FromThread) => received.push(message));
  const receive = (kind: FromThread['kind']) =>
    until(`the thread says ${kind}`, () => received.find((message) => message.kind === kind), { every: 10 });
  return { attempt, send, receive, closed };
}

const ports: { close(): void }[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

describe('AttemptServer', () => {
  it('produces the file of an attempt', async () => {
    const { attempt, send, receive } = await setup();

    send({ kind: 'produce', attempt });

    const { token } = attempt;
    expect(await receive('produced')).toMatchObject({ token, file: { size: TEXT.length, recordCount: 2 } });
  });

  it('stops an attempt that is aborted', async () => {
    const { attempt, send, receive } = await setup(
      (_, signal) =>
        new Promise((__, reject) => {
          onAbort(signal, () => {
            reject(signal.reason as Error);
          });
        }),
    );
    const { token } = attempt;

    send({ kind: 'produce', attempt });
    send({ kind: 'abort', token });

    expect(await receive('failed')).toMatchObject({ token, error: { message: 'The attempt has ended' } });
  });

  it('reports the progress while it works', async () => {
    const { attempt, send, receive } = await setup(undefined, (line: number) => (line > 0 ? pause(300) : null));

    send({ kind: 'produce', attempt });

    expect(await receive('progress')).toMatchObject({ token: attempt.token, progress: { done: 1 } });
  });

  it('works in the context of the request, for its log lines', async () => {
    let context: RequestContext | undefined;
    const { attempt, send, receive } = await setup(() => {
      context = RequestContext.current();
      return TEXT;
    });

    send({ kind: 'produce', attempt });
    await receive('produced');

    const { id, requestId } = attempt.export;
    expect(context).toEqual({ requestId, logFields: { export_id: id } });
  });

  it('closes what was opened for an attempt that has ended', async () => {
    let opened: AbortSignal | undefined;
    const { attempt, send, receive } = await setup((_, signal) => {
      opened = signal;
      return TEXT;
    });

    send({ kind: 'produce', attempt });
    await receive('produced');
    send({ kind: 'ping' });
    await receive('pong');

    expect(opened?.aborted).toBe(true);
  });

  it('answers a ping', async () => {
    const { send, receive } = await setup();

    send({ kind: 'ping' });

    expect(await receive('pong')).toEqual({ kind: 'pong' });
  });
});
