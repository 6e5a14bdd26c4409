import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { RepeatedWarnings } from '../../../platform/observability/repeated-warnings';
import { PeriodicTask } from '../../../platform/work/periodic-task';
import { RunningWork } from '../../../platform/work/running-work';
import type { ChannelDescriptor } from '../domain/channel-descriptor';
import { type AccountLimits, type DeliveryAttempt, DeliveryRepository } from '../domain/interfaces/delivery.repository';
import { TransferProgress } from '../domain/transfer-progress';
import { DeliveryChannels } from './delivery-channels';
import { DeliveryMetrics } from './delivery-metrics';
import { DeliveryRunner } from './delivery-runner';

/** Messages are due often, and their query is cheap. */
const POLLS_PER_INTERVAL = 4;

/** Abandoned deliveries are looked for in every tenth poll. */
const POLLS_PER_CLEAN_UP = 10;

/** Polls the outbox and has due messages delivered concurrently, in processes that run jobs. */
@Injectable()
export class DeliveryDispatcher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(DeliveryDispatcher.name);
  private readonly warnings = new RepeatedWarnings(this.logger);
  private readonly inProgress = new Map<DeliveryAttempt, TransferProgress>();
  private readonly polling: PeriodicTask;
  private polls = 0;
  private readonly accountLimits: AccountLimits;

  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly channels: DeliveryChannels,
    private readonly runner: DeliveryRunner,
    private readonly metrics: DeliveryMetrics,
    private readonly running: RunningWork,
    private readonly config: Config,
  ) {
    this.accountLimits = Object.fromEntries(
      channels.descriptors.flatMap(({ name, limits }) =>
        limits.maxPerAccount === null ? [] : [[name, limits.maxPerAccount]],
      ),
    );
    this.polling = new PeriodicTask(config.pollIntervalMs / POLLS_PER_INTERVAL, () => this.dispatch());
  }

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.polling.start();
  }

  /** Claims nothing more. */
  onModuleDestroy(): Promise<void> {
    return this.polling.stop();
  }

  private async dispatch(): Promise<void> {
    try {
      if (this.polls++ % POLLS_PER_CLEAN_UP === 0) await this.failAbandoned();
      const { descriptors } = this.channels;
      const slots = Object.fromEntries(descriptors.map((channel) => [channel.name, this.freeSlotsOf(channel)]));
      for (const attempt of await this.deliveries.claimDue(slots, this.accountLimits)) this.begin(attempt);
    } catch (error) {
      this.warnings.report('The outbox could not be read; it is polled again', error);
    }
  }

  private async failAbandoned(): Promise<void> {
    for (const message of await this.deliveries.failAbandoned()) {
      const fields = { event: 'delivery.abandoned', delivery_id: message.id };
      this.logger.error('A delivery failed because its process ended during every attempt', fields);
      this.metrics.ended(message, 'failed');
    }
  }

  private begin(attempt: DeliveryAttempt): void {
    const progress = new TransferProgress();
    this.inProgress.set(attempt, progress);
    this.running
      .add(this.runner.run(attempt, this.running.ending, progress))
      .catch((error: unknown) => {
        this.logger.error('A delivery ended with an unexpected error', error);
      })
      .finally(() => this.inProgress.delete(attempt));
  }

  /** Slow deliveries free their slots for others, as far as memory allows. */
  private freeSlotsOf({ name, limits }: ChannelDescriptor): number {
    const running = [...this.inProgress].filter(([{ message }]) => message.channel === name);
    const slow = running.filter(([, progress]) => progress.isSlow).length;
    return limits.slots + Math.min(slow, limits.slowSlots) - running.length;
  }
}
