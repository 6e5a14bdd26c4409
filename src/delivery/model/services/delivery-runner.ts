import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { RequestContext } from '../../../platform/observability/request-context';
import { ATTEMPT_MS, MAX_ATTEMPTS, pauseAfter } from '../domain/attempt-limits';
import { DeliveryRefusedError } from '../domain/interfaces/delivery-channel';
import { type DeliveryAttempt, DeliveryRepository } from '../domain/interfaces/delivery.repository';
import type { Receipt } from '../domain/parcel';
import { reasonOf } from '../domain/reason';
import { DeliveryChannels } from './delivery-channels';
import { DeliveryLease } from './delivery-lease';
import { DeliveryMetrics } from './delivery-metrics';

/** The database may be away for a moment right when a receiver has said yes. */
const SETTLING_PAUSE_MS = 500;

/** Carries out one attempt at a delivery, to its end or to the next attempt. */
@Injectable()
export class DeliveryRunner {
  private readonly logger = new Logger(DeliveryRunner.name);

  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly channels: DeliveryChannels,
    private readonly metrics: DeliveryMetrics,
    private readonly config: Config,
  ) {}

  /** @param ending aborts when the process has to end; the parcel is handed back */
  async run(attempt: DeliveryAttempt, ending: AbortSignal): Promise<void> {
    const { parcel, requestId } = attempt;
    const context = { requestId: requestId ?? parcel.id, ...(parcel.exportId && { exportId: parcel.exportId }) };
    await RequestContext.run(context, () => this.carryOut(attempt, ending));
  }

  private async carryOut(attempt: DeliveryAttempt, ending: AbortSignal): Promise<void> {
    const lease = new DeliveryLease(attempt, this.deliveries, this.config.exports.leaseSeconds * 1000);
    const over = new AbortController();
    const limit = deadlineOf(attempt);
    const signal = AbortSignal.any([lease.lost, ending, over.signal, ...(limit ? [limit] : [])]);
    try {
      const receipt = await endedBy(
        signal,
        this.channels.channel(attempt.parcel.channel).deliver(attempt.parcel, signal),
      );
      await this.settle(lease.lost, () => this.conclude(attempt, receipt));
    } catch (error) {
      if (lease.lost.aborted) this.logger.log('Somebody else has the delivery now', aboutOf(attempt));
      else await this.settle(lease.lost, () => this.concludeFault(attempt, error, ending));
    } finally {
      lease.release();
      over.abort();
    }
  }

  private async conclude(attempt: DeliveryAttempt, receipt: Receipt): Promise<void> {
    if (!(await this.deliveries.settleDelivered(attempt, receipt))) return;
    this.logger.log('Delivered', aboutOf(attempt));
    this.metrics.ended(attempt.parcel, 'delivered');
  }

  private async concludeFault(attempt: DeliveryAttempt, error: unknown, ending: AbortSignal): Promise<void> {
    const { parcel } = attempt;
    const reason = reasonOf(error);
    const refusal = error instanceof DeliveryRefusedError ? error.code : null;
    const pauseSeconds = refusal === null ? pauseAfter(parcel.attempt) : null;
    if (refusal === null && ending.aborted) {
      this.logger.log('The delivery is handed back', aboutOf(attempt));
      await this.deliveries.handBack(attempt);
    } else if (pauseSeconds === null) {
      if (!(await this.deliveries.giveUp(attempt, reason, refusal))) return;
      this.logger.error('A delivery failed for good', { ...aboutOf(attempt), reason });
      this.metrics.ended(parcel, 'failed');
    } else {
      if (!(await this.deliveries.retryLater(attempt, pauseSeconds, reason))) return;
      this.logger.warn(`Attempt ${parcel.attempt} of ${MAX_ATTEMPTS} at a delivery failed`, {
        ...aboutOf(attempt),
        reason,
      });
      this.metrics.ended(parcel, 'retried');
    }
  }

  /** Writes down what came of the attempt, for as long as it is ours to do. */
  private async settle(lost: AbortSignal, write: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await write();
        return;
      } catch (error) {
        this.logger.warn('What came of a delivery could not be written down', { reason: reasonOf(error) });
        if (lost.aborted) return;
        await pause(SETTLING_PAUSE_MS);
      }
    }
  }
}

function aboutOf({ parcel }: DeliveryAttempt): Record<string, string | number> {
  const { id, channel, event, attempt } = parcel;
  return { delivery_id: id, channel, event, attempt };
}

function deadlineOf({ parcel: { channel } }: DeliveryAttempt): AbortSignal | null {
  const milliseconds = ATTEMPT_MS[channel];
  return milliseconds === null ? null : AbortSignal.timeout(milliseconds);
}

/** Waits no longer than the signal lets it, should a channel not heed it. */
async function endedBy<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    });
  });
  // What a channel still says after that concerns nobody.
  work.catch(() => undefined);
  aborted.catch(() => undefined);
  return Promise.race([work, aborted]);
}
