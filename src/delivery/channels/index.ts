import type { ChannelDescriptor } from '../model/domain/channel-descriptor';
import type { ChannelRegistration } from '../model/domain/interfaces/delivery-channel';
import { emailRegistration } from './email/email.channel';
import { s3Registration } from './s3/s3.channel';
import { sftpRegistration } from './sftp/sftp.channel';
import { webhookRegistration } from './webhook/webhook.channel';

/** To add a channel, write its folder and add a line here. */
export const CHANNEL_REGISTRATIONS: readonly ChannelRegistration[] = [
  emailRegistration,
  webhookRegistration,
  s3Registration,
  sftpRegistration,
];

export const CHANNELS: readonly ChannelDescriptor[] = CHANNEL_REGISTRATIONS.map(({ descriptor }) => descriptor);

export const CHANNEL_NAMES: readonly string[] = CHANNELS.map(({ name }) => name);

export function findChannel(name: string): ChannelDescriptor | undefined {
  return CHANNELS.find((channel) => channel.name === name);
}
