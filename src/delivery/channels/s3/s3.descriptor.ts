import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';
import type { ChannelDescriptor } from '../../model/domain/channel-descriptor';

const MAX_ENDPOINT_LENGTH = 2_000;
const MAX_TEXT_LENGTH = 200;

/** How a bucket is accessed. */
class S3OptionsBody {
  @ApiPropertyOptional({
    example: 'https://storage.example.com',
    description: 'The address of the S3 service; Amazon’s by default',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_ENDPOINT_LENGTH)
  endpoint?: string;

  @ApiPropertyOptional({ example: 'eu-central-1' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  region?: string;

  @ApiPropertyOptional({ description: 'Stored encrypted and never shown' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  access_key_id?: string;

  @ApiPropertyOptional({ writeOnly: true, description: 'Stored encrypted and never shown' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  secret_access_key?: string;

  @ApiPropertyOptional({
    description: 'For S3 services that expect the bucket in the path instead of in the host name',
  })
  @IsOptional()
  @IsBoolean()
  force_path_style?: boolean;
}

class S3OptionsResponse {
  @ApiPropertyOptional({ format: 'uri' })
  readonly endpoint?: string;

  @ApiPropertyOptional({ example: 'eu-central-1' })
  readonly region?: string;

  @ApiPropertyOptional()
  readonly force_path_style?: boolean;
}

/** A bucket and how it is accessed, as requested. */
export interface BucketInput {
  readonly uri: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly forcePathStyle?: boolean;
}

type BucketOptions = Omit<BucketInput, 'uri'>;

export const s3Descriptor: ChannelDescriptor = {
  name: 's3',
  limits: { slots: 2, slowSlots: 6, maxPerAccount: 2, attemptMs: null },
  copiesFile: true,
  mayUseServiceCredentials: true,
  describe: ({ uri }) => (typeof uri === 'string' ? uri : null),
  notify: null,
  schedule: {
    member: 'destination',
    field: 'destination',
    missing: 'must say where to, such as s3://bucket/prefix/',
    accompanies: false,
    options: { body: S3OptionsBody, response: S3OptionsResponse, toInput: toBucketOptions, toShown: toShownOptions },
    toInput: ({ destination: uri, destinationOptions }) =>
      uri === undefined ? undefined : { uri, ...destinationOptions },
    isUnchanged: ({ destination, destinationOptions = {} }, earlier) => {
      const { accessKeyId, secretAccessKey } = destinationOptions as BucketOptions;
      const hasCredentials = accessKeyId !== undefined || secretAccessKey !== undefined;
      return (
        destination === earlier.destination &&
        !hasCredentials &&
        isSame(toShownOptions(destinationOptions), earlier.destinationOptions)
      );
    },
  },
};

function toBucketOptions(body: S3OptionsBody): BucketOptions {
  return {
    endpoint: body.endpoint ?? undefined,
    region: body.region ?? undefined,
    accessKeyId: body.access_key_id ?? undefined,
    secretAccessKey: body.secret_access_key ?? undefined,
    forcePathStyle: body.force_path_style ?? undefined,
  };
}

function toShownOptions(options: BucketOptions | undefined): S3OptionsResponse | null {
  if (!options) return null;
  const { endpoint, region, forcePathStyle } = options;
  return { endpoint, region, force_path_style: forcePathStyle };
}

function isSame(one: S3OptionsResponse | null, other: S3OptionsResponse | null): boolean {
  const names = ['endpoint', 'region', 'force_path_style'] as const;
  return names.every((name) => one?.[name] === other?.[name]);
}
