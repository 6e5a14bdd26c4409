import { isAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import type { FieldError } from '../../../platform/errors/domain-error';
import type { PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import type { ChannelDescriptor, ScheduleDelivery, ScheduleDeliveryInput } from './channel-descriptor';

/** What happens to the file of each run when no channel delivers it: it stays in the list. */
export const DOWNLOAD = 'download';

/** What was planned when the schedule was last saved. */
export interface EarlierDeliveries {
  readonly delivery: ScheduleDelivery;
  readonly deliveries: readonly PlannedDelivery[];
  /** Whether the schedule was saved with the rights of an administrator. */
  readonly asAdmin: boolean;
}

/** Errors that the request alone shows, without access to a destination. */
export function findDeliveryErrors(
  request: ScheduleDeliveryInput,
  channels: readonly ChannelDescriptor[],
): FieldError[] {
  const errors: FieldError[] = [];
  for (const { name, schedule } of channels) {
    const isMissing = name === request.method && request[schedule.member] === undefined;
    const message = schedule.findError?.(request) ?? (isMissing ? schedule.missing : null);
    if (message !== null) errors.push({ field: schedule.field, message });
  }
  for (const member of ['destination', 'webhook'] as const) {
    const users = channels.filter(({ schedule }) => schedule.member === member).map(({ name }) => name);
    if (request[member] === undefined || users.includes(request.method)) continue;
    errors.push({ field: member, message: `means nothing for ${request.method}; it is for ${users.join(' and ')}` });
  }
  if (request.destinationOptions !== undefined && request.destination === undefined) {
    errors.push({ field: 'destination_options', message: 'must come with a destination' });
  }
  return errors;
}

/** @param deliveries as they were planned for the request */
export function toScheduleDelivery(
  request: ScheduleDeliveryInput,
  deliveries: readonly PlannedDelivery[],
  channels: readonly ChannelDescriptor[],
): ScheduleDelivery {
  const { method, email, language, destination, destinationOptions, webhook } = request;
  const options = channels.find(({ name }) => name === method)?.schedule.options;
  const target = deliveries.find(({ channel }) => channel === method)?.target ?? {};
  return {
    method,
    email: deliveries.some(({ channel }) =>
      channels.some(({ name, schedule }) => name === channel && schedule.member === 'email'),
    ),
    emailAddress: typeof email === 'string' ? email : null,
    language: language ?? null,
    destination: destination ?? null,
    destinationOptions: options?.toShown(destinationOptions, target) ?? null,
    webhookUrl: webhook?.url ?? null,
  };
}

/** The earlier delivery that a request means, with its secrets: its destination is the same, and it has no new secrets. */
export function findKept(
  caller: UserPrincipal,
  request: ScheduleDeliveryInput,
  earlier: EarlierDeliveries,
  channels: readonly ChannelDescriptor[],
): PlannedDelivery | undefined {
  const channel = channels.find(({ name }) => name === request.method);
  const isKept =
    channel && isKeepable(caller, earlier, channel) && channel.schedule.isUnchanged(request, earlier.delivery);
  return isKept ? earlier.deliveries.find(({ channel: name }) => name === channel.name) : undefined;
}

/** A caller who lost the rights of an administrator keeps no target that may use the service's own credentials. */
export function isKeepable(
  caller: UserPrincipal,
  { asAdmin }: Pick<EarlierDeliveries, 'asAdmin'>,
  { mayUseServiceCredentials }: ChannelDescriptor,
): boolean {
  return isAdmin(caller) || !asAdmin || !mayUseServiceCredentials;
}
