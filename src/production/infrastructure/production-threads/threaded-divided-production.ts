import type { ReportProgress } from '../../../formats';
import type { Attempt } from '../../model/domain/interfaces/attempt.repository';
import { DividedProduction, type LedDivision, type ReportRows } from '../../model/domain/interfaces/divided-production';
import type { ClaimedPart, FinishedPart } from '../../model/domain/part';
import type { LedParts } from './thread-protocol';
import type { ThreadedProduction } from './threaded-production';

const NO_REPORT = (): void => undefined;
const NEVER = new AbortController().signal;

/** Makes parts in production threads. The thread that leads an attempt has its snapshot, and makes the parts of the leader. */
export class ThreadedDividedProduction extends DividedProduction {
  constructor(private readonly threads: ThreadedProduction) {
    super();
  }

  override async lead(leader: Attempt, signal: AbortSignal): Promise<LedDivision> {
    const thread = this.threads.leastBusy();
    const led = await thread.perform<LedParts>(leader.token, { kind: 'lead', attempt: leader }, NO_REPORT, signal);
    const close = () => {
      signal.removeEventListener('abort', close);
      thread.abort(leader.token);
    };
    signal.addEventListener('abort', close, { once: true });
    if (signal.aborted) close();
    return {
      ...led,
      produce: (part, report, partSignal) =>
        thread.perform(part.token, { kind: 'produce', part, isLed: true }, toReport(report), partSignal),
      assertOpen: () =>
        thread.perform(`${leader.token} is open`, { kind: 'assert-open', attempt: leader }, NO_REPORT, NEVER),
      close,
    };
  }

  override produce(part: ClaimedPart, report: ReportRows, signal: AbortSignal): Promise<FinishedPart> {
    const task = { kind: 'produce', part, isLed: false } as const;
    return this.threads.leastBusy().perform(part.token, task, toReport(report), signal);
  }
}

function toReport(report: ReportRows): ReportProgress {
  return ({ done }) => {
    report(done);
  };
}
