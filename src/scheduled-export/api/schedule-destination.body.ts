import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';

export const MAX_ADDRESS_LENGTH = 2_000;
const MAX_TEXT_LENGTH = 200;

/** How a bucket is reached. */
export class DestinationOptionsBody {
  @ApiPropertyOptional({
    example: 'https://storage.example.com',
    description: "Where S3 is reached; without it, Amazon's",
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_ADDRESS_LENGTH)
  endpoint?: string;

  @ApiPropertyOptional({ example: 'eu-central-1' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  region?: string;

  @ApiPropertyOptional({ description: 'Kept sealed, and never shown' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  access_key_id?: string;

  @ApiPropertyOptional({ writeOnly: true, description: 'Kept sealed, and never shown' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  secret_access_key?: string;

  @ApiPropertyOptional({ description: 'For storages that have the bucket in the path rather than in the host name' })
  @IsOptional()
  @IsBoolean()
  force_path_style?: boolean;
}
