import type { FailedAttempt } from '../../src/customer/model/domain/interfaces/failure.repository';
import { type FailureCount, FailureRepository } from '../../src/customer/model/domain/interfaces/failure.repository';
import { FakeRecords } from './fake-records';

interface FailureWindow {
  failures: number;
  readonly startedAt: Date;
}

/** Failed attempts in memory, in windows by the clock of the records. */
export class FakeFailureRepository extends FailureRepository {
  private readonly windows = new Map<string, FailureWindow>();

  constructor(private readonly records = new FakeRecords()) {
    super();
  }

  override read(subjects: readonly string[], windowSeconds: number): Promise<FailureCount[]> {
    return Promise.resolve(subjects.flatMap((subject) => this.countOf(subject, windowSeconds) ?? []));
  }

  override add(subjects: readonly string[], windowSeconds: number): Promise<FailureCount[]> {
    for (const subject of subjects) {
      const open = this.openWindow(subject, windowSeconds);
      if (open) open.failures++;
      else this.windows.set(subject, { failures: 1, startedAt: this.records.clock.now() });
    }
    return this.read(subjects, windowSeconds);
  }

  override report({ customerId, tenantId, reason }: FailedAttempt): Promise<void> {
    this.records.auditAggregated({ action: 'customer.refused', tenantId, customerId, details: { reason } });
    return Promise.resolve();
  }

  override deleteExpiredWindows(windowSeconds: number): Promise<void> {
    for (const subject of this.windows.keys()) {
      if (!this.openWindow(subject, windowSeconds)) this.windows.delete(subject);
    }
    return Promise.resolve();
  }

  private openWindow(subject: string, windowSeconds: number): FailureWindow | null {
    const found = this.windows.get(subject);
    return found && found.startedAt > this.records.clock.in(-windowSeconds) ? found : null;
  }

  private countOf(subject: string, windowSeconds: number): FailureCount | null {
    const open = this.openWindow(subject, windowSeconds);
    if (!open) return null;
    const endsIn = open.startedAt.getTime() - this.records.clock.in(-windowSeconds).getTime();
    return { subject, failures: open.failures, resetSeconds: Math.ceil(endsIn / 1000) };
  }
}
