import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { Lease } from '../../../platform/work/lease';
import { RequestContext } from '../../../platform/observability/request-context';
import { pause } from '../../../platform/async';
import { ATTEMPT_MS, HEARTBEAT_MS, MAX_ATTEMPTS, retryDelayAfter } from '../domain/attempt-limits';
import { DeliveryRefusedError } from '../domain/interfaces/delivery-channel';
import { type DeliveryAttempt, DeliveryRepository } from '../domain/interfaces/delivery.repository';
import type { ClaimedMessage, DeliveryReceipt } from '../domain/claimed-message';
import { failureDetailOf, toFailureReason } from '../domain/failure-reason';
import { TransferProgress } from '../domain/transfer-progress';
import { DeliveryChannels } from './delivery-channels';
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

  /**
   * @param ending aborts when the process has to end; the message is handed back
   * @param progress counts the bytes that are sent
   */
  async run(attempt: DeliveryAttempt, ending: AbortSignal, progress = new TransferProgress()): Promise<void> {
    const { message, requestId } = attempt;
    const context = {
      requestId: requestId ?? message.id,
      ...(message.exportId && { logFields: { export_id: message.exportId } }),
    };
    await RequestContext.run(context, () => this.carryOut(attempt, ending, progress));
  }

  private async carryOut(attempt: DeliveryAttempt, ending: AbortSignal, progress: TransferProgress): Promise<void> {
    const terms = { heartbeatMs: HEARTBEAT_MS, leaseMs: this.config.exports.leaseSeconds * 1000 };
    const lease = new Lease(terms, () => this.deliveries.beat(attempt));
    const over = new AbortController();
    const limit = deadlineOf(attempt);
    const signal = AbortSignal.any([lease.lost, ending, over.signal, ...(limit ? [limit] : [])]);
    try {
      const receipt = await this.deliver(attempt.message, signal, progress);
      await this.settle(attempt, lease.lost, () => this.handleSuccess(attempt, receipt));
    } catch (error) {
      await this.settle(attempt, lease.lost, () => this.handleFailure(attempt, error, ending));
    } finally {
      lease.release();
      over.abort();
    }
  }

  /** Waits no longer than the signal lets it, should the channel not heed it. */
  private async deliver(
    message: ClaimedMessage,
    signal: AbortSignal,
    progress: TransferProgress,
  ): Promise<DeliveryReceipt> {
    const work = this.channels.channel(message.channel).deliver(message, signal, progress);
    // What a channel still says after that concerns nobody.
    work.catch(() => undefined);
    return Promise.race([work, abortion(signal)]);
  }

  private async handleSuccess(attempt: DeliveryAttempt, receipt: DeliveryReceipt): Promise<boolean> {
    if (!(await this.deliveries.markDelivered(attempt, receipt))) return false;
    this.logger.log('Delivered', aboutOf(attempt));
    this.metrics.ended(attempt.message, 'delivered');
    return true;
  }

  private async handleFailure(attempt: DeliveryAttempt, error: unknown, ending: AbortSignal): Promise<boolean> {
    const { message } = attempt;
    const reason = toFailureReason(error);
    const detail = failureDetailOf(error);
    const about = { ...aboutOf(attempt), reason, ...(detail !== undefined && { detail }) };
    const refusal = error instanceof DeliveryRefusedError ? error.code : null;
    const pauseSeconds = refusal === null ? retryDelayAfter(message.attempt) : null;
    if (refusal === null && ending.aborted) {
      if (!(await this.deliveries.handBack(attempt))) return false;
      this.logger.log('The delivery is handed back', aboutOf(attempt));
    } else if (pauseSeconds === null) {
      if (!(await this.deliveries.markFailed(attempt, reason, refusal))) return false;
      this.logger.error('A delivery failed permanently', about);
      this.metrics.ended(message, 'failed');
    } else {
      if (!(await this.deliveries.scheduleRetry(attempt, pauseSeconds, reason))) return false;
      this.logger.warn(`Attempt ${message.attempt} of ${MAX_ATTEMPTS} at a delivery failed`, about);
      this.metrics.ended(message, 'retried');
    }
    return true;
  }

  /**
   * Writes down what came of an attempt, for as long as it is ours to do.
   * @param write gives whether the attempt still had the right to
   */
  private async settle(attempt: DeliveryAttempt, lost: AbortSignal, write: () => Promise<boolean>): Promise<void> {
    while (!lost.aborted) {
      try {
        if (await write()) return;
        break;
      } catch (error) {
        this.logger.warn('What came of a delivery could not be written down', { reason: toFailureReason(error) });
        await pause(SETTLING_PAUSE_MS);
      }
    }
    this.logger.warn('Somebody else has the delivery now', aboutOf(attempt));
  }
}

function aboutOf({ message }: DeliveryAttempt): Record<string, string | number> {
  const { id, channel, event, attempt } = message;
  return { delivery_id: id, channel, event, attempt };
}

function deadlineOf({ message: { channel } }: DeliveryAttempt): AbortSignal | null {
  const milliseconds = ATTEMPT_MS[channel];
  return milliseconds === null ? null : AbortSignal.timeout(milliseconds);
}

function abortion(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    const rejectNow = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    };
    if (signal.aborted) rejectNow();
    else signal.addEventListener('abort', rejectNow, { once: true });
  });
  aborted.catch(() => undefined);
  return aborted;
}
