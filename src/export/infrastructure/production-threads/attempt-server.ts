import type { MessagePort } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { RequestContext } from '../../../platform/observability/request-context';
import type { Progress } from '../../../formats';
import type { Attempt } from '../../model/domain/interfaces/attempt.repository';
import { ExportProduction } from '../../model/services/export-production';
import { type FromThread, toSentError, type ToThread } from './thread-protocol';

/** A heartbeat takes the progress along twice a second: more messages would only wake the main thread. */
const PROGRESS_INTERVAL_MS = 100;

/** Produces files in a production thread, as the main thread requests them. */
@Injectable()
export class AttemptServer {
  private readonly running = new Map<string, AbortController>();

  constructor(private readonly production: ExportProduction) {}

  /** @param close is called when the thread has to end */
  serve(port: MessagePort, close: () => void): void {
    const send = (message: FromThread) => {
      port.postMessage(message);
    };
    port.on('message', (message: ToThread) => {
      if (message.kind === 'produce') void this.produce(message.attempt, send);
      else if (message.kind === 'abort') this.running.get(message.token)?.abort(new AttemptEndedError());
      else if (message.kind === 'ping') send({ kind: 'pong' });
      else close();
    });
  }

  private async produce(attempt: Attempt, send: (message: FromThread) => void): Promise<void> {
    const { token, export: request } = attempt;
    const aborting = new AbortController();
    this.running.set(token, aborting);
    const reporter = new ProgressReporter((progress) => {
      send({ kind: 'progress', token, progress });
    });
    const context = { requestId: request.requestId, logFields: { export_id: request.id } };
    try {
      const file = await RequestContext.run(context, () =>
        this.production.produce(attempt, reporter.report, aborting.signal),
      );
      send({ kind: 'produced', token, file });
    } catch (error) {
      send({ kind: 'failed', token, error: toSentError(error) });
    } finally {
      // What was opened for the attempt is closed, such as its connection.
      aborting.abort(new AttemptEndedError());
      reporter.stop();
      this.running.delete(token);
    }
  }
}

class AttemptEndedError extends Error {
  override readonly name = 'AttemptEndedError';

  constructor() {
    super('The attempt has ended');
  }
}

/** Sends the latest progress, at most once in an interval. */
class ProgressReporter {
  private latest: Progress | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly send: (progress: Progress) => void) {}

  readonly report = (progress: Progress): void => {
    this.latest = progress;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.latest) this.send(this.latest);
    }, PROGRESS_INTERVAL_MS);
  };

  stop(): void {
    clearTimeout(this.timer);
  }
}
