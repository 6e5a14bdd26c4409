import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { MAX_ADDRESS_LENGTH } from '../../../platform/mail/mail-address';
import type { ChannelDescriptor } from '../../model/domain/channel-descriptor';
import type { ScheduleDeliveryInput } from '../../model/domain/channel-descriptor';

const NAME = 'email';

export const emailDescriptor: ChannelDescriptor = {
  name: NAME,
  limits: { slots: 8, slowSlots: 0, maxPerAccount: null, attemptMs: 30_000 },
  copiesFile: false,
  mayUseServiceCredentials: false,
  describe: ({ to }) => (typeof to === 'string' ? maskAddress(to) : null),
  notify: [
    ApiPropertyOptional({
      oneOf: [{ type: 'boolean' }, { type: 'string', format: 'email', maxLength: MAX_ADDRESS_LENGTH }],
      description: 'true for your own address. Only administrators may name other addresses.',
    }),
    IsOptional(),
    ValidateBy({
      name: 'isBooleanOrAddress',
      validator: {
        validate: (value) =>
          typeof value === 'boolean' || (typeof value === 'string' && value.length <= MAX_ADDRESS_LENGTH),
        defaultMessage: () => 'email must be true, false, or an address such as ann@example.com',
      },
    }),
  ],
  schedule: {
    member: 'email',
    field: 'delivery_email',
    missing: null,
    accompanies: true,
    options: null,
    findError: ({ method, email }) => {
      if (email !== undefined && typeof email !== 'boolean' && (typeof email !== 'string' || email === '')) {
        return 'must be true, false or an address';
      }
      return method === NAME && email === false ? 'must not be false where files are delivered by email' : null;
    },
    toInput,
    isUnchanged: () => false,
  },
};

/** `true` for the owner's own address; `undefined` for no mail. */
function toInput({ method, email }: ScheduleDeliveryInput): true | string | undefined {
  if (typeof email === 'string') return email;
  return email === true || method === NAME ? true : undefined;
}

/** Such as `a***@example.com`. */
function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = ''] = address;
  return at < 1 ? '***' : `${first}***${address.slice(at)}`;
}
