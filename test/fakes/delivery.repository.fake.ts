import { randomUUID } from 'node:crypto';
import { MAX_ATTEMPTS } from '../../src/delivery/model/domain/attempt-limits';
import type { DeliveryRecord, DeliveryState } from '../../src/delivery/model/domain/delivery-state';
import type { RefusalCode } from '../../src/delivery/model/domain/interfaces/delivery-channel';
import {
  type AccountLimits,
  type Backlog,
  type DeliveryAttempt,
  DeliveryRepository,
  type FreeSlots,
} from '../../src/delivery/model/domain/interfaces/delivery.repository';
import type { ClaimedMessage, DeliveryReceipt } from '../../src/delivery/model/domain/claimed-message';
import { byId, type FakeRecords } from './fake-records';
import type { OutboxRecord } from './outbox-record';

const PROCESS_LOST = 'Its process ended during every attempt.';

/** The outbox of a `FakeRecords` as dispatchers see it. */
export class FakeDeliveryRepository extends DeliveryRepository {
  constructor(
    private readonly records: FakeRecords,
    private readonly leaseSeconds: number,
  ) {
    super();
  }

  override claimDue(slots: FreeSlots, limits: AccountLimits = {}): Promise<DeliveryAttempt[]> {
    const free = Object.entries(slots);
    return Promise.resolve(
      free.flatMap(([channel, count]) => this.nextOf(channel, count, limits[channel]).map((next) => this.take(next))),
    );
  }

  override failAbandoned(): Promise<ClaimedMessage[]> {
    const now = this.records.clock.now();
    const lost = this.all(
      (record) => record.status === 'pending' && !record.isHeld(now) && record.attempts >= MAX_ATTEMPTS,
    );
    for (const record of lost) {
      this.change(record, { status: 'failed', endedAt: now, lastError: PROCESS_LOST });
      this.audit(record, 'delivery.failed', { reason: PROCESS_LOST });
    }
    return Promise.resolve(lost.map((record) => record.toClaimedMessage()));
  }

  override beat(attempt: DeliveryAttempt): Promise<boolean> {
    const record = this.held(attempt);
    if (record) record.lease = this.records.clock.in(this.leaseSeconds);
    return Promise.resolve(record !== null);
  }

  override markDelivered(attempt: DeliveryAttempt, receipt: DeliveryReceipt): Promise<boolean> {
    return this.settle(
      attempt,
      { status: 'delivered', endedAt: this.records.clock.now(), lastError: null, receipt },
      (r) => {
        this.audit(r, 'delivery.delivered', {});
      },
    );
  }

  override scheduleRetry(attempt: DeliveryAttempt, pauseSeconds: number, reason: string): Promise<boolean> {
    return this.settle(attempt, { nextAttemptAt: this.records.clock.in(pauseSeconds), lastError: reason });
  }

  override markFailed(attempt: DeliveryAttempt, reason: string, refusal: RefusalCode | null): Promise<boolean> {
    const failed = { status: 'failed', endedAt: this.records.clock.now(), lastError: reason, refusal } as const;
    return this.settle(attempt, failed, (record) => {
      this.audit(record, 'delivery.failed', { reason });
    });
  }

  override handBack(attempt: DeliveryAttempt): Promise<boolean> {
    const attempts = attempt.message.attempt - 1;
    return this.settle(attempt, { attempts, nextAttemptAt: this.records.clock.now() });
  }

  override backlog(): Promise<Backlog> {
    const pending = new Map<string, number>();
    let oldestSeconds = 0;
    for (const { channel, createdAt } of this.all(({ status }) => status === 'pending')) {
      pending.set(channel, (pending.get(channel) ?? 0) + 1);
      const seconds = (this.records.clock.now().getTime() - createdAt.getTime()) / 1000;
      oldestSeconds = Math.max(oldestSeconds, seconds);
    }
    return Promise.resolve({ pending, oldestSeconds });
  }

  override findAll(exportId: string): Promise<DeliveryRecord[]> {
    return Promise.resolve(this.all((record) => record.exportId === exportId).map((record) => record.toRecord()));
  }

  override statesOf(exportIds: readonly string[]): Promise<Map<string, DeliveryState[]>> {
    const states = new Map<string, DeliveryState[]>();
    for (const record of this.all(({ exportId }) => exportId !== null && exportIds.includes(exportId))) {
      const id = String(record.exportId);
      states.set(id, [...(states.get(id) ?? []), record.toState()]);
    }
    return Promise.resolve(states);
  }

  /** What is due on a channel: the owners with the fewest deliveries in hand first. */
  private nextOf(channel: string, slots: number, limit = Infinity): OutboxRecord[] {
    const now = this.records.clock.now();
    const pending = this.all((record) => record.channel === channel && record.status === 'pending');
    const places = new Map<string, number>();
    for (const record of pending.filter((one) => one.isHeld(now))) {
      places.set(record.line, (places.get(record.line) ?? 0) + 1);
    }
    const due = pending
      .filter((one) => one.nextAttemptAt <= now && one.attempts < MAX_ATTEMPTS && !one.isHeld(now))
      .sort(byNextAttempt)
      .map((record) => {
        const place = (places.get(record.line) ?? 0) + 1;
        places.set(record.line, place);
        return { record, place };
      });
    return due
      .filter(({ place }) => place <= limit)
      .sort((one, other) => one.place - other.place || byNextAttempt(one.record, other.record))
      .slice(0, Math.max(0, slots))
      .map(({ record }) => record);
  }

  private take(record: OutboxRecord): DeliveryAttempt {
    const token = randomUUID();
    const lease = this.records.clock.in(this.leaseSeconds);
    Object.assign(record, { attemptToken: token, lease, attempts: record.attempts + 1 });
    return { token, message: record.toClaimedMessage(), requestId: record.requestId };
  }

  private all(which: (record: OutboxRecord) => boolean): OutboxRecord[] {
    return [...this.records.outbox.values()].filter(which).sort(byId);
  }

  private held({ token, message: { id } }: DeliveryAttempt): OutboxRecord | null {
    const record = this.records.outbox.get(id);
    return record?.attemptToken === token && record.status === 'pending' ? record : null;
  }

  private settle(
    attempt: DeliveryAttempt,
    change: Partial<OutboxRecord>,
    audit?: (record: OutboxRecord) => void,
  ): Promise<boolean> {
    const record = this.held(attempt);
    if (!record) return Promise.resolve(false);
    this.change(record, change);
    audit?.(record);
    return Promise.resolve(true);
  }

  /** Ends the lease of its holder. */
  private change(record: OutboxRecord, change: Partial<OutboxRecord>): void {
    Object.assign(record, change, { attemptToken: null, lease: null });
    if (record.exportId !== null) this.records.emitExport(record.exportId);
  }

  private audit({ message, channel, event, attempts }: OutboxRecord, action: string, more: { reason?: string }): void {
    const { exportId, scheduleId, userId, tenantId, customerId } = message;
    this.records.audit({
      action,
      ...(exportId !== null && { exportId }),
      scheduleId,
      userId,
      tenantId,
      customerId,
      details: { channel, event, attempts, ...more },
    });
  }
}

function byNextAttempt(one: OutboxRecord, other: OutboxRecord): number {
  return one.nextAttemptAt.getTime() - other.nextAttemptAt.getTime();
}
