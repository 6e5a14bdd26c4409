import { Injectable } from '@nestjs/common';
import { pause } from '../../../platform/async';
import { isAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import type { ScheduleDeliveryInput } from '../domain/channel-descriptor';
import { TestSteps, toTestOutcome, type TestStep } from '../domain/destination-test';
import type { TestOutcome } from '../domain/destination-test-codes';
import type { DeliveryChannel, DestinationTest, TestSubject } from '../domain/interfaces/delivery-channel';
import { DestinationTestLog } from '../domain/interfaces/destination-test-log';
import { type EarlierDeliveries, findDeliveryErrors, findKept, isKeepable } from '../domain/schedule-delivery';
import { DeliveryChannels } from './delivery-channels';

/** A saved schedule, whose secrets a test may use. */
export interface TestedSchedule extends EarlierDeliveries {
  readonly id: string;
}

export interface TestReport {
  readonly channel: string;
  readonly outcome: TestOutcome;
  /** `null` if the caller may not see them. */
  readonly steps: readonly TestStep[] | null;
}

/** How long a test may take. */
export const TEST_TIMEOUT_MS = 20_000;
/**
 * The same for callers who do not see the steps. They get `not-reachable` at this very time, so that its time does not tell a
 * closed port from a silent host or from another kind of server.
 */
export const HIDDEN_TEST_TIMEOUT_MS = 10_000;

/** Tests destinations before they are saved, and those that are. */
@Injectable()
export class DestinationTests {
  constructor(
    private readonly channels: DeliveryChannels,
    private readonly log: DestinationTestLog,
    private readonly timeouts = { shownMs: TEST_TIMEOUT_MS, hiddenMs: HIDDEN_TEST_TIMEOUT_MS },
  ) {}

  /**
   * @param request `null` for the destination that the schedule has
   * @param schedule of the caller; its secrets are used if the request leaves them out and is about the same destination
   * @param signal aborts when nobody waits for the result
   * @throws DomainError invalid | the signal's reason
   */
  async test(
    caller: UserPrincipal,
    request: ScheduleDeliveryInput | null,
    schedule: TestedSchedule | null,
    signal: AbortSignal,
  ): Promise<TestReport> {
    const { channel, subject } = this.find(caller, request, schedule);
    const isOperator = isAdmin(caller) && caller.tenantId === null;
    const { name, schedule: part } = channel.descriptor;
    const context = { principal: caller, field: part.field, isOperator };
    const test = await channel.prepareTest(subject, context);
    const entry = { channel: name, target: channel.descriptor.describe(test.target), scheduleId: schedule?.id ?? null };
    try {
      const report = await this.run(name, test, isOperator || test.isHostAllowed, signal);
      await this.log.record(caller, { ...entry, outcome: report.outcome });
      return report;
    } catch (error) {
      if (signal.aborted) await this.log.record(caller, { ...entry, outcome: 'cancelled' });
      throw error;
    }
  }

  private async run(
    channel: string,
    test: DestinationTest,
    areStepsShown: boolean,
    signal: AbortSignal,
  ): Promise<TestReport> {
    const timeout = new AbortController();
    const timeoutMs = areStepsShown ? this.timeouts.shownMs : this.timeouts.hiddenMs;
    const timer = setTimeout(() => {
      timeout.abort(new Error('The test did not end in time'));
    }, timeoutMs);
    const startedAt = performance.now();
    const stop = AbortSignal.any([signal, timeout.signal]);
    const steps = new TestSteps(test.steps, (error) => test.explain(error), stop);
    try {
      await test.run(steps, stop);
    } catch (error) {
      signal.throwIfAborted();
      if (!steps.failed) throw error;
    } finally {
      clearTimeout(timer);
    }
    const outcome = toTestOutcome(steps.failed);
    if (areStepsShown) return { channel, outcome, steps: steps.all };
    if (outcome === 'not-reachable') await pause(Math.max(0, timeoutMs - (performance.now() - startedAt)), signal);
    return { channel, outcome, steps: null };
  }

  private find(
    caller: UserPrincipal,
    request: ScheduleDeliveryInput | null,
    schedule: TestedSchedule | null,
  ): { channel: DeliveryChannel; subject: TestSubject } {
    const { descriptors } = this.channels;
    const method = request?.method ?? schedule?.delivery.method;
    const channel = this.channels.all.find(({ descriptor }) => descriptor.name === method);
    if (!channel) {
      const message = `must be one of ${descriptors.map(({ name }) => name).join(', ')}: there is nothing else to test`;
      throw DomainError.invalidRequest({ field: 'delivery_method', message });
    }
    if (request) {
      const errors = findDeliveryErrors(request, descriptors);
      if (errors.length > 0) throw DomainError.invalidRequest(...errors);
      const kept = schedule && findKept(caller, request, schedule, descriptors);
      return {
        channel,
        subject: kept ? { stored: kept.target } : { input: channel.descriptor.schedule.toInput(request) },
      };
    }
    const stored = schedule?.deliveries.find((delivery) => delivery.channel === method);
    if (!stored || !schedule || !isKeepable(caller, schedule, channel.descriptor)) {
      const message =
        'names a schedule whose destination you may not use any more: give the destination and its credentials';
      throw DomainError.invalidRequest({ field: 'schedule_id', message });
    }
    return { channel, subject: { stored: stored.target } };
  }
}
