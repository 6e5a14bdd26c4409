import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { RepeatedWarnings } from '../../../platform/observability/repeated-warnings';
import { type ChannelName, CHANNELS } from '../../../platform/outbox/planned-delivery';
import { PeriodicTask } from '../../../platform/work/periodic-task';
import { SLOTS, SLOW_SLOTS } from '../domain/attempt-limits';
import { type DeliveryAttempt, DeliveryRepository, type FreeSlots } from '../domain/interfaces/delivery.repository';
import { TransferProgress } from '../domain/transfer-progress';
import { DeliveryMetrics } from './delivery-metrics';
import { DeliveryRunner } from './delivery-runner';

/** Messages are due more often than anything else, and their query is the cheapest. */
const ROUNDS_PER_POLL_INTERVAL = 4;

/** Deliveries that were lost with their process every time are looked for once in so many rounds. */
const ROUNDS_BETWEEN_LOOKS = 10;

/** How long attempts may take to stop and be handed back. */
const HAND_BACK_MS = 5_000;

/** Takes what is due out of the outbox and has it delivered, several at once, in the processes whose role it is. */
@Injectable()
export class DeliveryDispatcher implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(DeliveryDispatcher.name);
  private readonly warnings = new RepeatedWarnings(this.logger);
  private readonly running = new Map<DeliveryAttempt, RunningDelivery>();
  private readonly ending = new AbortController();
  private readonly rounds: PeriodicTask;
  private roundsBegun = 0;
  private deadline: NodeJS.Timeout | undefined;

  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly runner: DeliveryRunner,
    private readonly metrics: DeliveryMetrics,
    private readonly config: Config,
  ) {
    this.rounds = new PeriodicTask(config.pollIntervalMs / ROUNDS_PER_POLL_INTERVAL, () => this.dispatch());
  }

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.rounds.start();
  }

  /** Takes nothing more. What runs has the grace period that exports have, at the same time as they. */
  async onModuleDestroy(): Promise<void> {
    this.deadline = setTimeout(() => {
      this.ending.abort(new Error('The process has to end'));
    }, this.config.exports.graceSeconds * 1000);
    await this.rounds.stop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    const { signal } = this.ending;
    const patienceIsOver = new Promise<void>((resolve) => {
      const soon = () => setTimeout(resolve, HAND_BACK_MS).unref();
      if (signal.aborted) soon();
      else signal.addEventListener('abort', soon);
    });
    await Promise.race([Promise.all([...this.running.values()].map(({ work }) => work)), patienceIsOver]);
    clearTimeout(this.deadline);
  }

  private async dispatch(): Promise<void> {
    try {
      if (this.roundsBegun++ % ROUNDS_BETWEEN_LOOKS === 0) await this.failAbandoned();
      for (const attempt of await this.deliveries.claimDue(this.room())) this.begin(attempt);
    } catch (error) {
      this.warnings.report('The outbox could not be read; it is tried again', error);
    }
  }

  private async failAbandoned(): Promise<void> {
    for (const message of await this.deliveries.failAbandoned()) {
      this.logger.error('A delivery ended its process every time, and is given up', { delivery_id: message.id });
      this.metrics.ended(message, 'failed');
    }
  }

  private begin(attempt: DeliveryAttempt): void {
    const progress = new TransferProgress();
    const work = this.runner
      .run(attempt, this.ending.signal, progress)
      .catch((error: unknown) => {
        this.logger.error('A delivery ended by a fault of ours', error);
      })
      .finally(() => this.running.delete(attempt));
    this.running.set(attempt, { work, progress });
  }

  private room(): FreeSlots {
    return Object.fromEntries(CHANNELS.map((name) => [name, this.roomOf(name)]));
  }

  /** A slow receiver gives its slot to others, as far as memory allows. */
  private roomOf(name: ChannelName): number {
    const running = [...this.running].filter(([{ message }]) => message.channel === name);
    const slow = running.filter(([, { progress }]) => progress.isSlow).length;
    return SLOTS[name] + Math.min(slow, SLOW_SLOTS[name]) - running.length;
  }
}

interface RunningDelivery {
  readonly work: Promise<void>;
  readonly progress: TransferProgress;
}
