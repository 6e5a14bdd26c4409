import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import type { FailedAttempt } from '../domain/interfaces/failure.repository';
import { type FailureCount, FailureRepository } from '../domain/interfaces/failure.repository';

/** An address may fail this many times as often for all ids together as for one id. */
const ADDRESS_LIMIT_FACTOR = 5;

/** For counting if the limit is off. */
const DEFAULT_WINDOW_SECONDS = 60;

/**
 * Limits failed attempts. It counts per id and address, so that nobody can lock a customer out from
 * another address, and per address over all ids.
 */
@Injectable()
export class FailureLimit {
  constructor(
    private readonly config: Config,
    private readonly failures: FailureRepository,
  ) {}

  /**
   * @throws DomainError limit after too many failures for this id from this network, or for any id
   * from this network
   */
  async requireBelowLimit(customerId: string | null, network: string): Promise<void> {
    if (!this.config.customers.failureLimit) return;
    const subjects = toSubjects(customerId, network);
    this.throwIfExceeded(network, await this.failures.read(subjects, this.windowSeconds), 0);
  }

  /**
   * Counts a failure, and reports it to the audit log.
   * @param customerId the id of the request; `null` if it is malformed
   * @throws DomainError limit if concurrent attempts have used up the limit
   */
  async recordFailure(customerId: string | null, attempt: FailedAttempt, network: string): Promise<void> {
    const subjects = toSubjects(customerId, network);
    const counts = await this.failures.add(subjects, this.windowSeconds);
    await this.failures.report(attempt);
    // A row is created when a window starts, so that is the time to delete expired ones.
    if (counts.some(({ failures }) => failures === 1)) await this.failures.deleteExpiredWindows(this.windowSeconds);
    this.throwIfExceeded(network, counts, 1);
  }

  private get windowSeconds(): number {
    return this.config.customers.failureLimit?.windowSeconds ?? DEFAULT_WINDOW_SECONDS;
  }

  /** @param counted how many of the failures are the current attempt */
  private throwIfExceeded(network: string, counts: readonly FailureCount[], counted: number): void {
    const limit = this.config.customers.failureLimit?.limit ?? Infinity;
    const exceeded = counts.filter(
      ({ subject, failures }) => failures - counted >= (subject === network ? limit * ADDRESS_LIMIT_FACTOR : limit),
    );
    if (exceeded.length === 0) return;
    const seconds = Math.max(1, ...exceeded.map(({ resetSeconds }) => resetSeconds));
    const message = `Too many failed attempts. Check the id and the secret, and wait ${seconds} seconds`;
    throw new DomainError('limit', 'too-many-failures', message, { retryAfterSeconds: seconds });
  }
}

/** The pair first: all processes lock the rows in this order, so they cannot deadlock. */
function toSubjects(customerId: string | null, network: string): [pair: string, address: string] {
  return [`${customerId ?? 'no id'} from ${network}`, network];
}
