import type { MessagePort } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { RequestContext } from '../../../platform/observability/request-context';
import { onAbort } from '../../../platform/async';
import type { Progress, ReportProgress } from '../../../formats';
import type { Export } from '../../../export';
import type { Attempt } from '../../model/domain/interfaces/attempt.repository';
import type { LedDivision } from '../../model/domain/interfaces/divided-production';
import { ExportProduction } from '../../model/services/export-production';
import { PartProduction } from '../../model/services/part-production';
import { type FromThread, type LedParts, type PartTask, toSentError, type ToThread } from './thread-protocol';

/** A heartbeat takes the progress along twice a second: more messages would only wake the main thread. */
const PROGRESS_INTERVAL_MS = 100;

/** Produces files in a production thread, as the main thread requests them. */
@Injectable()
export class AttemptServer {
  private readonly running = new Map<string, AbortController>();

  private readonly divisions = new Map<string, LedDivision>();

  constructor(
    private readonly production: ExportProduction,
    private readonly parts: PartProduction,
  ) {}

  /** @param close is called when the thread has to end */
  serve(port: MessagePort, close: () => void): void {
    const send = (message: FromThread) => {
      port.postMessage(message);
    };
    port.on('message', (message: ToThread) => {
      if (message.kind === 'produce') void this.produce(message.attempt, send);
      else if (message.kind === 'part') void this.perform(message.token, message.task, send);
      else if (message.kind === 'abort') this.running.get(message.token)?.abort(new AttemptEndedError());
      else if (message.kind === 'ping') send({ kind: 'pong' });
      else close();
    });
  }

  private async produce(attempt: Attempt, send: (message: FromThread) => void): Promise<void> {
    const { token, export: request } = attempt;
    await this.run(token, request, send, async (report, signal) => {
      send({ kind: 'produced', token, file: await this.production.produce(attempt, report, signal) });
    });
  }

  private async perform(token: string, task: PartTask, send: (message: FromThread) => void): Promise<void> {
    if (task.kind === 'lead') {
      await this.lead(task.attempt, send);
      return;
    }
    const request = task.kind === 'produce' ? task.part.export : task.attempt.export;
    await this.run(token, request, send, async (report, signal) => {
      const reportRows = (rows: number) => {
        report({ done: rows, total: null, unit: 'rows' });
      };
      if (task.kind === 'assert-open') {
        await this.division(task.attempt.token).assertOpen();
        send({ kind: 'part-done', token, result: null });
      } else {
        const { part, isLed } = task;
        const production = isLed ? this.division(part.leaderToken) : this.parts;
        send({ kind: 'part-done', token, result: await production.produce(part, reportRows, signal) });
      }
    });
  }

  /** Opens the snapshot of an attempt, which stays open until the attempt is aborted. */
  private async lead(attempt: Attempt, send: (message: FromThread) => void): Promise<void> {
    const { token } = attempt;
    const aborting = new AbortController();
    this.running.set(token, aborting);
    onAbort(aborting.signal, () => {
      this.divisions.delete(token);
      this.running.delete(token);
    });
    try {
      const division = await RequestContext.run(contextOf(attempt.export), () =>
        this.parts.lead(attempt, aborting.signal),
      );
      if (!aborting.signal.aborted) this.divisions.set(token, division);
      const { plan, facts, rowCount } = division;
      send({ kind: 'part-done', token, result: { plan, facts, rowCount } satisfies LedParts });
    } catch (error) {
      send({ kind: 'failed', token, error: toSentError(error) });
      aborting.abort(new AttemptEndedError());
    }
  }

  private division(token: string): LedDivision {
    const division = this.divisions.get(token);
    if (!division) throw new AttemptEndedError();
    return division;
  }

  private async run(
    token: string,
    request: Export,
    send: (message: FromThread) => void,
    work: (report: ReportProgress, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const aborting = new AbortController();
    this.running.set(token, aborting);
    const reporter = new ProgressReporter((progress) => {
      send({ kind: 'progress', token, progress });
    });
    try {
      await RequestContext.run(contextOf(request), () => work(reporter.report, aborting.signal));
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

function contextOf({ id, requestId }: Export): RequestContext {
  return { requestId, logFields: { export_id: id } };
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
