import type { Type } from '@nestjs/common';
import type { Language } from './language';

/** Where a message goes, as its channel planned and stored it. Secrets in it are encrypted. */
export type DeliveryTarget = Readonly<Record<string, unknown>>;

/** How much one process works on. */
export interface ChannelLimits {
  /** Concurrent deliveries, so that long copies do not delay short messages. */
  readonly slots: number;
  /** Slow deliveries beside those in the slots. Each copy takes about 15 MB of memory. */
  readonly slowSlots: number;
  /** Concurrent deliveries of one account in all processes; `null` for no limit. */
  readonly maxPerAccount: number | null;
  /** `null` when the channel ends stalled attempts itself. */
  readonly attemptMs: number | null;
}

/** Where the files of a schedule go, and who is notified of its runs, as a request says it. */
export interface ScheduleDeliveryInput {
  /** `download` or the name of a channel. */
  readonly method: string;
  /** `true` for the owner's own address, or an address. By default, `true` when the method is email. */
  readonly email?: unknown;
  readonly language?: Language;
  readonly destination?: string;
  readonly destinationOptions?: object;
  readonly webhook?: { readonly url: string; readonly secret?: string };
}

/** The same as it is stored and shown, without secrets. */
export interface ScheduleDelivery {
  readonly method: string;
  readonly email: boolean;
  /** Where mail goes instead of to the owner. */
  readonly emailAddress: string | null;
  readonly language: string | null;
  /** Such as `s3://bucket/prefix/`. */
  readonly destination: string | null;
  readonly destinationOptions: object | null;
  readonly webhookUrl: string | null;
}

/** The members of `destination_options` that belong to one channel. */
export interface DestinationOptions {
  /** The request body, with its validation and documentation. */
  readonly body: Type;
  /** The same without secrets, as answers show it. */
  readonly response: Type;
  readonly toInput: (body: object) => object;
  /** @param target as it was planned; `null` when an earlier plan is kept */
  readonly toShown: (input: object | undefined, target: DeliveryTarget) => object | null;
}

/** How a schedule asks for deliveries by the channel. */
export interface ScheduleRequestPart {
  readonly member: 'email' | 'destination' | 'webhook';
  /** Its name in errors. */
  readonly field: string;
  /** The error when the channel is the method and the member is missing; `null` when there is a default. */
  readonly missing: string | null;
  /** Whether other methods may have it too. */
  readonly accompanies: boolean;
  readonly options: DestinationOptions | null;
  findError?(request: ScheduleDeliveryInput): string | null;
  /** The channel's own input; `undefined` when the request has none. */
  toInput(request: ScheduleDeliveryInput): unknown;
  /** Whether a replaced schedule keeps its earlier target, secrets included. */
  isUnchanged(request: ScheduleDeliveryInput, earlier: ScheduleDelivery): boolean;
}

/** What is known of a channel without an instance of it. Validation, documents, lists and limits derive from it. */
export interface ChannelDescriptor {
  readonly name: string;
  readonly limits: ChannelLimits;
  /** Whether it copies the file. Then only completions concern it, and a schedule names its files. */
  readonly copiesFile: boolean;
  /** Whether administrators may have it use the service's own credentials. */
  readonly mayUseServiceCredentials: boolean;
  /** Where a delivery goes, without secrets: just enough for its owner to recognize it. */
  describe(target: DeliveryTarget): string | null;
  /** The decorators of its member in `notify`; `null` when it is for schedules only. */
  readonly notify: readonly PropertyDecorator[] | null;
  readonly schedule: ScheduleRequestPart;
}
