import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { Lease } from '../../../platform/work/lease';
import { RequestContext } from '../../../platform/observability/request-context';
import { orAborted, pause } from '../../../platform/async';
import { HEARTBEAT_MS, MAX_ATTEMPTS, retryDelayAfter } from '../domain/attempt-limits';
import { DeliveryRefusedError } from '../domain/interfaces/delivery-channel';
import { type DeliveryAttempt, DeliveryRepository } from '../domain/interfaces/delivery.repository';
import type { DeliveryReceipt } from '../domain/claimed-message';
import { failureDetailOf, toFailureReason } from '../domain/failure-reason';
import { TransferProgress } from '../domain/transfer-progress';
import { DeliveryChannels } from './delivery-channels';
import { DeliveryMetrics } from './delivery-metrics';

/** The pause between attempts to record an outcome while the database is unreachable. */
const SETTLING_PAUSE_MS = 500;

/** Carries out one attempt at a delivery and records its outcome. */
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
    const { message } = attempt;
    const channel = this.channels.get(message.channel);
    const { attemptMs } = channel.descriptor.limits;
    const deadline = attemptMs === null ? [] : [AbortSignal.timeout(attemptMs)];
    const signal = AbortSignal.any([lease.signal, ending, ...deadline]);
    try {
      // A channel that ignores the signal does not delay the next attempt.
      const receipt = await orAborted(channel.deliver(message, signal, progress), signal);
      await this.settle(attempt, lease, () => this.handleSuccess(attempt, receipt));
    } catch (error) {
      await this.settle(attempt, lease, () => this.handleFailure(attempt, error, ending));
    } finally {
      lease.release();
    }
  }

  private async handleSuccess(attempt: DeliveryAttempt, receipt: DeliveryReceipt): Promise<boolean> {
    if (!(await this.deliveries.markDelivered(attempt, receipt))) return false;
    this.logger.log('Delivered', { event: 'delivery.delivered', ...logFieldsOf(attempt) });
    this.metrics.ended(attempt.message, 'delivered');
    return true;
  }

  private async handleFailure(attempt: DeliveryAttempt, error: unknown, ending: AbortSignal): Promise<boolean> {
    const { message } = attempt;
    const reason = toFailureReason(error);
    const detail = failureDetailOf(error);
    const fields = { ...logFieldsOf(attempt), reason, ...(detail !== undefined && { detail }) };
    const refusal = error instanceof DeliveryRefusedError ? error.code : null;
    const delaySeconds = refusal === null ? retryDelayAfter(message.attempt) : null;
    if (refusal === null && ending.aborted) {
      if (!(await this.deliveries.handBack(attempt))) return false;
      this.logger.log('The delivery was handed back', { event: 'delivery.handed_back', ...logFieldsOf(attempt) });
    } else if (delaySeconds === null) {
      if (!(await this.deliveries.markFailed(attempt, reason, refusal))) return false;
      this.logger.warn('A delivery failed permanently', { event: 'delivery.failed', ...fields });
      this.metrics.ended(message, 'failed');
    } else {
      if (!(await this.deliveries.scheduleRetry(attempt, delaySeconds, reason))) return false;
      const text = `Attempt ${message.attempt} of ${MAX_ATTEMPTS} at a delivery failed`;
      this.logger.log(text, { event: 'delivery.attempt_failed', ...fields });
      this.metrics.ended(message, 'retried');
    }
    return true;
  }

  /**
   * Records the outcome of an attempt, and retries while the lease is valid.
   * @param record returns whether the attempt's token was still valid
   */
  private async settle(attempt: DeliveryAttempt, lease: Lease, record: () => Promise<boolean>): Promise<void> {
    while (!lease.isLost) {
      try {
        if (await record()) return;
        break;
      } catch (error) {
        const fields = { ...logFieldsOf(attempt), reason: toFailureReason(error) };
        this.logger.warn('The outcome of a delivery was not recorded', { event: 'delivery.not_recorded', ...fields });
        await pause(SETTLING_PAUSE_MS);
      }
    }
    this.logger.warn('The lease of a delivery was lost', { event: 'delivery.lease_lost', ...logFieldsOf(attempt) });
  }
}

function logFieldsOf({ message }: DeliveryAttempt): Record<string, string | number> {
  const { id, channel, event, attempt } = message;
  return { delivery_id: id, channel, message_event: event, attempt };
}
