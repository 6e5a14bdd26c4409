import type { PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import type { DestinationOptions, Schedule } from './schedule';
import { openOptionsOf, type DeliveryInput } from './schedule-input';

/**
 * What was planned before for the same place, secrets included, unless the input has new ones.
 * @param mayKeepRights whether who saves it now has the rights of who saved it before
 */
export function keptDeliveries(
  input: DeliveryInput,
  { deliveries, delivery: before }: Pick<Schedule, 'deliveries' | 'delivery'>,
  mayKeepRights: boolean,
): PlannedDelivery[] {
  const { destination, destinationOptions: { accessKeyId, secretAccessKey } = {}, webhook } = input;
  const keepsBucket =
    mayKeepRights &&
    destination !== undefined &&
    destination === before.destination &&
    accessKeyId === undefined &&
    secretAccessKey === undefined &&
    isSame(openOptionsOf(input.destinationOptions), before.destinationOptions);
  const keepsWebhook = webhook !== undefined && webhook.secret === undefined && webhook.url === before.webhookUrl;
  return deliveries.filter(
    ({ channel }) => (channel === 's3' && keepsBucket) || (channel === 'webhook' && keepsWebhook),
  );
}

function isSame(one: DestinationOptions | null, other: DestinationOptions | null): boolean {
  const names = ['endpoint', 'region', 'force_path_style'] as const;
  return names.every((name) => one?.[name] === other?.[name]);
}
