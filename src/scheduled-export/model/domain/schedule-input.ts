import type { BucketInput, DeliveryMethod, Language, ScheduleDeliveryInput, WebhookInput } from '../../../delivery';
import type { FieldError } from '../../../platform/errors/domain-error';
import type { RecurrenceInput } from './recurrence/recurrence-rule';
import type { DestinationOptions, ScheduleContent, ScheduleDelivery } from './schedule';

/** What a schedule is to be, checked for its form alone. */
export interface ScheduleInput {
  readonly name: string;
  readonly content: ScheduleContent;
  readonly recurrence: RecurrenceInput;
  readonly delivery: DeliveryInput;
  readonly retentionSeconds: number | null;
  readonly isActive: boolean;
}

export interface DeliveryInput {
  readonly method: DeliveryMethod;
  /** `true`, `false` or an address; by the method where it is left out. */
  readonly email?: unknown;
  readonly language?: Language;
  readonly destination?: string;
  readonly destinationOptions?: DestinationInput;
  readonly webhook?: WebhookInput;
}

export type DestinationInput = Omit<BucketInput, 'uri' | 'byAdministrator'>;

/** Errors that the input alone shows, without access to the destination. */
export function deliveryErrors({
  method,
  email,
  destination,
  destinationOptions,
  webhook,
}: DeliveryInput): FieldError[] {
  const errors: FieldError[] = [];
  const problem = (field: string, message: string) => errors.push({ field, message });
  if (email !== undefined && typeof email !== 'boolean' && (typeof email !== 'string' || email === '')) {
    problem('delivery_email', 'must be true, false or an address');
  }
  if (method === 'email' && email === false)
    problem('delivery_email', 'must not be false where files are delivered by email');
  if (method === 's3' && destination === undefined) {
    problem('destination', 'must say where to, such as s3://bucket/prefix/');
  }
  if (method !== 's3' && destination !== undefined) problem('destination', `means nothing for ${method}; it is for s3`);
  if (destinationOptions !== undefined && destination === undefined) {
    problem('destination_options', 'must come with a destination');
  }
  if (method !== 'webhook' && webhook !== undefined)
    problem('webhook', `means nothing for ${method}; it is for webhook`);
  if (method === 'webhook' && webhook === undefined)
    problem('webhook', 'must say which address to call: {"url": "https://…"}');
  return errors;
}

/** The same for whoever plans it. */
export function toDeliveryInput(input: DeliveryInput, byAdministrator: boolean): ScheduleDeliveryInput {
  const { method, language, destination, destinationOptions, webhook } = input;
  return {
    method,
    email: emailOf(input),
    language,
    ...(destination !== undefined && {
      destination: { uri: destination, ...destinationOptions, byAdministrator },
    }),
    webhook,
  };
}

export function emailOf({ method, email }: DeliveryInput): boolean | string {
  return typeof email === 'boolean' || typeof email === 'string' ? email : method === 'email';
}

/** What is shown of it. */
export function shownOf(input: DeliveryInput): ScheduleDelivery {
  const { method, email, language, destination, destinationOptions, webhook } = input;
  return {
    method,
    email: emailOf(input) !== false,
    emailAddress: typeof email === 'string' ? email : null,
    language: language ?? null,
    destination: destination ?? null,
    destinationOptions: openOptionsOf(destinationOptions),
    webhookUrl: webhook?.url ?? null,
  };
}

/** What of it is no secret. */
export function openOptionsOf(options: DestinationInput | undefined): DestinationOptions | null {
  if (!options) return null;
  const { endpoint, region, forcePathStyle } = options;
  return { endpoint, region, force_path_style: forcePathStyle };
}
