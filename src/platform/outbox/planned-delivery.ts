/** By which ways somebody is told of a thing, or brought it. */
export const CHANNELS = ['email', 'webhook', 's3'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** How what a delivery tells of may end. */
export const ENDINGS = ['completed', 'failed'] as const;
export type Ending = (typeof ENDINGS)[number];

/** What is to be delivered when an export ends: planned, checked and sealed when it is asked for. */
export interface PlannedDelivery {
  readonly channel: ChannelName;
  /** Of which ends it tells. */
  readonly on: readonly Ending[];
  /** Where to, as the channel knows it. What is secret in it is sealed. */
  readonly target: Readonly<Record<string, unknown>>;
}

/** All that is to be delivered for one request, and what of it makes two requests the same. */
export interface DeliveryPlan {
  readonly deliveries: readonly PlannedDelivery[];
  /** As it was asked for: sealing makes the deliveries of two equal requests differ. */
  readonly asked: unknown;
  /** A secret that was made for it, which whoever asked is shown once. */
  readonly webhookSecret?: string;
}

export const NO_DELIVERIES: DeliveryPlan = { deliveries: [], asked: null };
