import type { Provider, Type } from '@nestjs/common';
import type { Person, Principal } from '../../../../platform/auth/principal';
import type { ChannelDescriptor, DeliveryTarget } from '../channel-descriptor';
import type { ClaimedMessage, DeliveryReceipt } from '../claimed-message';
import type { StepObserver, TestStepError, TestStepName } from '../destination-test';
import type { Language } from '../language';
import type { TransferProgress } from '../transfer-progress';

/** Why no further attempt is made: `gone` when the receiver does not want any more messages. */
export type RefusalCode = 'gone' | 'refused';

/** A further attempt would fail too: the receiver refuses, or there is nothing left to deliver. */
export class DeliveryRefusedError extends Error {
  override readonly name = 'DeliveryRefusedError';

  constructor(
    message: string,
    readonly code: RefusalCode = 'refused',
  ) {
    super(message);
  }
}

export interface PlanContext {
  readonly principal: Principal;
  /** The field that a refusal names. */
  readonly field: string;
  /** Of texts for people; by default, the language of the principal. */
  readonly language?: Language;
  /** Administrators of all tenants may use the service's own credentials and see why a host cannot be reached. */
  readonly isOperator: boolean;
}

export interface PlannedTarget {
  readonly target: DeliveryTarget;
  /** A secret that was generated for the receiver. It is shown once. */
  readonly secret?: string;
}

/** What a test is about: a request as `plan` gets it, or a target that was planned earlier. */
export type TestSubject = { readonly input: unknown } | { readonly stored: DeliveryTarget };

/** A test of a destination whose form is right. */
export interface DestinationTest {
  /** As the descriptor describes it, such as in the audit log. Nothing is sent to it before `run`. */
  readonly target: DeliveryTarget;
  /** Whether every caller may see what there is: the operator allows calls of the host. */
  readonly isHostAllowed: boolean;
  readonly steps: readonly TestStepName[];
  /** Why a step failed, as a sentence that its caller may read. */
  explain(error: unknown): TestStepError;
  /**
   * Leaves the destination as it was, also after a failure.
   * @param signal aborts when the test has to end
   * @throws the error of the step that failed
   */
  run(steps: StepObserver, signal: AbortSignal): Promise<void>;
}

/** A way to notify people or programs of an export, or to deliver its file. */
export abstract class DeliveryChannel {
  abstract readonly descriptor: ChannelDescriptor;

  /**
   * Checks and probes what a request asks for, and encrypts its secrets.
   * @param input as the descriptor's request part gives it, checked for its form
   * @throws DomainError invalid
   */
  abstract plan(input: unknown, context: PlanContext): Promise<PlannedTarget>;

  /** Probes a stored target again, when that shows more than a delivery would. @throws DomainError invalid */
  probe?(target: DeliveryTarget, field: string): Promise<void>;

  /**
   * Prepares a test that shows step by step whether the destination can be used.
   * @throws DomainError invalid, for what the request alone shows
   */
  abstract prepareTest(subject: TestSubject, context: PlanContext): Promise<DestinationTest>;

  /** The target of a person whose request names no channel; `null` if there is none. */
  planDefault?(person: Person, language?: Language): Promise<DeliveryTarget | null>;

  /** The targets of the administrators who have to know what happens to the person's schedules. */
  planForAdministrators?(person: Person): Promise<readonly DeliveryTarget[]>;

  /**
   * Delivers, once from the receiver's view however often it is attempted: the message's id identifies a repeat.
   * @param signal aborts when the attempt has to end
   * @param progress counts the bytes of a file as they are sent
   * @throws DeliveryRefusedError when no further attempt would succeed; other errors are retried
   */
  abstract deliver(message: ClaimedMessage, signal: AbortSignal, progress: TransferProgress): Promise<DeliveryReceipt>;
}

/** What the module needs to provide a channel. */
export interface ChannelRegistration {
  readonly descriptor: ChannelDescriptor;
  readonly implementation: Type<DeliveryChannel>;
  /** What the implementation injects beyond the shared providers of the module. */
  readonly providers: readonly Provider[];
}
