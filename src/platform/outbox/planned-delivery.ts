/** The endings of an export that deliveries react to. */
export const ENDINGS = ['completed', 'failed'] as const;
export type Ending = (typeof ENDINGS)[number];

/** A delivery at the end of an export. It is planned, checked and encrypted when it is requested. */
export interface PlannedDelivery {
  /** The name of a delivery channel. */
  readonly channel: string;
  readonly on: readonly Ending[];
  /** Where to, as the channel understands it. Secrets in it are encrypted. */
  readonly target: Readonly<Record<string, unknown>>;
}

/** All deliveries of one request, and what makes two requests the same. */
export interface DeliveryPlan {
  readonly deliveries: readonly PlannedDelivery[];
  /** As it was requested: encryption makes the deliveries of two equal requests differ. */
  readonly asked: unknown;
  /** A generated secret, which the caller is shown once. */
  readonly webhookSecret?: string;
}

export const NO_DELIVERIES: DeliveryPlan = { deliveries: [], asked: null };
