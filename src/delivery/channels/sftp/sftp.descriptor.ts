import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { ChannelDescriptor, DeliveryTarget } from '../../model/domain/channel-descriptor';

const MAX_URI_LENGTH = 2_000;
const MAX_TEXT_LENGTH = 200;
const MAX_KEY_LENGTH = 16_384;
const HOST_KEY_EXAMPLE = 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU';

/** How a user logs in to an SFTP server. */
class SftpOptionsBody {
  @ApiPropertyOptional({ example: 'reports', description: 'For `sftp`: the user to log in as' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  username?: string;

  @ApiPropertyOptional({ writeOnly: true, description: 'For `sftp`. Stored encrypted and never shown.' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  password?: string;

  @ApiPropertyOptional({
    writeOnly: true,
    description: 'For `sftp`: an OpenSSH or PEM key without a passphrase. Stored encrypted and never shown.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_KEY_LENGTH)
  private_key?: string;

  @ApiPropertyOptional({
    example: HOST_KEY_EXAMPLE,
    description:
      'For `sftp`: the SHA-256 fingerprint of the server’s host key, as `ssh-keygen -lf` shows it. By default, the key at the first connection is trusted and shown here. Another key is refused from then on.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  host_key?: string;
}

class SftpOptionsResponse {
  @ApiPropertyOptional({ example: 'reports' })
  readonly username?: string;

  @ApiPropertyOptional({
    example: HOST_KEY_EXAMPLE,
    description: 'The fingerprint of the only host key that is accepted',
  })
  readonly host_key?: string;
}

/** Where the file of one export is copied to. */
class SftpBody {
  @ApiProperty({ maxLength: MAX_URI_LENGTH, example: 'sftp://files.example.com/reports/' })
  @IsString()
  @MaxLength(MAX_URI_LENGTH)
  url!: string;

  @ApiProperty({ maxLength: MAX_TEXT_LENGTH, example: 'reports' })
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  username!: string;

  @ApiPropertyOptional({ maxLength: MAX_TEXT_LENGTH, writeOnly: true })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  password?: string;

  @ApiPropertyOptional({
    maxLength: MAX_KEY_LENGTH,
    writeOnly: true,
    description: 'An OpenSSH or PEM key without a passphrase',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_KEY_LENGTH)
  private_key?: string;

  @ApiProperty({
    maxLength: MAX_TEXT_LENGTH,
    example: HOST_KEY_EXAMPLE,
    description: 'The SHA-256 fingerprint of the server’s host key, as `ssh-keygen -lf` shows it',
  })
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  host_key!: string;
}

/** A folder of a server and how to log in, as requested. */
export interface SftpInput {
  readonly uri: string;
  readonly username?: string;
  readonly password?: string;
  readonly privateKey?: string;
  /** By default, the key at the first connection is trusted. */
  readonly hostKey?: string;
}

type SftpOptions = Omit<SftpInput, 'uri'>;

export const sftpDescriptor: ChannelDescriptor = {
  name: 'sftp',
  limits: { slots: 2, slowSlots: 6, maxPerAccount: 2, attemptMs: null },
  copiesFile: true,
  mayUseServiceCredentials: false,
  describe: ({ uri }) => (typeof uri === 'string' ? uri : null),
  notify: [
    ApiPropertyOptional({
      type: SftpBody,
      description: 'Copies the file of a completed export to a server, whatever `on` has',
    }),
    IsOptional(),
    IsObject(),
    ValidateNested(),
    Type(() => SftpBody),
  ],
  schedule: {
    member: 'destination',
    field: 'destination',
    missing: 'must say where to, such as sftp://files.example.com/reports/',
    accompanies: false,
    options: { body: SftpOptionsBody, response: SftpOptionsResponse, toInput: toSftpOptions, toShown },
    toInput: ({ destination: uri, destinationOptions }) =>
      uri === undefined ? undefined : { uri, ...destinationOptions },
    isUnchanged: ({ destination, destinationOptions = {} }, earlier) => {
      const { username, password, privateKey, hostKey } = destinationOptions as SftpOptions;
      const shown = (earlier.destinationOptions ?? {}) as SftpOptionsResponse;
      return (
        destination === earlier.destination &&
        password === undefined &&
        privateKey === undefined &&
        (username === undefined || username === shown.username) &&
        (hostKey === undefined || hostKey === shown.host_key)
      );
    },
  },
};

function toSftpOptions(body: SftpOptionsBody): SftpOptions {
  return {
    username: body.username ?? undefined,
    password: body.password ?? undefined,
    privateKey: body.private_key ?? undefined,
    hostKey: body.host_key ?? undefined,
  };
}

/** The host key of the target may be one that was learnt at the first connection. */
function toShown(_: object | undefined, { username, hostKey }: DeliveryTarget): SftpOptionsResponse {
  return {
    ...(typeof username === 'string' && { username }),
    ...(typeof hostKey === 'string' && { host_key: hostKey }),
  };
}

/** From `notify`, where the members have the names of the API. */
export function toSftpInput(input: unknown): SftpInput {
  if (!('url' in (input as object))) return input as SftpInput;
  const { url, host_key: hostKey, private_key: privateKey, username, password } = input as SftpBody;
  return { uri: url, username, password, privateKey, hostKey };
}
