import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import type { FailedAttempt } from '../domain/interfaces/failure.repository';
import { type FailureCount, FailureRepository } from '../domain/interfaces/failure.repository';

/** How many times as often an address may fail over all ids as for one. */
const ADDRESS_LIMIT_FACTOR = 5;

/** For the counts where nothing is limited. */
const DEFAULT_WINDOW_SECONDS = 60;

/**
 * Holds back who guesses. It counts for each id and address together, so that nobody can lock a customer out from
 * elsewhere, and for each address over all ids.
 */
@Injectable()
export class FailureLimit {
  constructor(
    private readonly config: Config,
    private readonly failures: FailureRepository,
  ) {}

  /** @throws DomainError limit, when there were too many failures for this id from this network, or from it at all */
  async requireBelowLimit(customerId: string | null, network: string): Promise<void> {
    if (!this.config.customers.failureLimit) return;
    const subjects = toSubjects(customerId, network);
    this.throwIfExceeded(network, await this.failures.read(subjects, this.windowSeconds), 0);
  }

  /**
   * Counts a failure, and reports it to the audit log.
   * @param customerId the id that was given; `null` for a text that is none
   * @throws DomainError limit, when others that came at the same time had used up what is allowed
   */
  async note(customerId: string | null, attempt: FailedAttempt, network: string): Promise<void> {
    const subjects = toSubjects(customerId, network);
    const counts = await this.failures.add(subjects, this.windowSeconds);
    await this.failures.report(attempt);
    // A row only comes into being when a window begins, so then some are cleared away.
    if (counts.some(({ failures }) => failures === 1)) await this.failures.deleteExpiredWindows(this.windowSeconds);
    this.throwIfExceeded(network, counts, 1);
  }

  private get windowSeconds(): number {
    return this.config.customers.failureLimit?.windowSeconds ?? DEFAULT_WINDOW_SECONDS;
  }

  /** @param counted how many of the failures are the attempt in hand */
  private throwIfExceeded(network: string, counts: readonly FailureCount[], counted: number): void {
    const limit = this.config.customers.failureLimit?.limit ?? Infinity;
    const exceeded = counts.filter(
      ({ subject, failures }) => failures - counted >= (subject === network ? limit * ADDRESS_LIMIT_FACTOR : limit),
    );
    if (exceeded.length === 0) return;
    const seconds = Math.max(1, ...exceeded.map(({ resetSeconds }) => resetSeconds));
    const message = `Too many failed attempts. Wait ${seconds} seconds, and see that the id and the secret are right`;
    throw new DomainError('limit', 'too-many-failures', message, { retryAfterSeconds: seconds });
  }
}

/** The pair first: every process takes the rows in this order, so that no two wait for each other. */
function toSubjects(customerId: string | null, network: string): [pair: string, address: string] {
  return [`${customerId ?? 'no id'} from ${network}`, network];
}
