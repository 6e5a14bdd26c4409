import type { Language } from '../../../../delivery';
import type { Caller } from '../../../../platform/auth/caller';
import type { ChannelName, PlannedDelivery } from '../../../../platform/outbox/planned-delivery';

export const DELIVERY_METHODS = ['download', 's3', 'email', 'webhook'] as const;
export type DeliveryMethod = (typeof DELIVERY_METHODS)[number];

/** What is to become of each file, as it was asked for. */
export interface DeliveryWish {
  readonly method: DeliveryMethod;
  /** Whether to write to the owner, or to which address. */
  readonly email: boolean | string;
  readonly language?: Language;
  readonly destination?: {
    readonly uri: string;
    readonly endpoint?: string;
    readonly region?: string;
    readonly accessKeyId?: string;
    readonly secretAccessKey?: string;
    readonly forcePathStyle?: boolean;
    /** Whether the service's own right to its storage may be used where no credentials are given. */
    readonly mayUseOwnCredentials: boolean;
  };
  readonly webhook?: { readonly url: string; readonly secret?: string };
}

export interface PlannedDeliveries {
  readonly deliveries: readonly PlannedDelivery[];
  /** What a webhook's receiver checks signatures with: shown once, where it was made. */
  readonly webhookSecret: string | null;
}

/** How a delivery stands. */
export interface DeliveryState {
  readonly channel: ChannelName;
  /** Such as `export.completed`. */
  readonly event: string;
  readonly status: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly lastError: string | null;
  /** Whether the receiver said that it wants nothing more, ever. */
  readonly gone: boolean;
}

/** Brings the files of schedules to where they are wanted. */
export abstract class ScheduledDeliveries {
  /** Checks and probes where to, and seals what is secret. @throws DomainError invalid | forbidden, naming the fields */
  abstract plan(caller: Caller, wish: DeliveryWish): Promise<PlannedDeliveries>;

  /** Probes again what was planned before and is kept. @throws DomainError invalid, naming the fields */
  abstract probe(kept: readonly PlannedDelivery[]): Promise<void>;

  /** How it is told that a schedule was paused, whose runs are told of as planned; `null` where there is nobody to tell. */
  abstract noticeTo(
    caller: Caller,
    planned: readonly PlannedDelivery[],
    language?: Language,
  ): Promise<PlannedDelivery | null>;

  /** By the id of the export. */
  abstract statesOf(exportIds: readonly string[]): Promise<ReadonlyMap<string, readonly DeliveryState[]>>;
}
