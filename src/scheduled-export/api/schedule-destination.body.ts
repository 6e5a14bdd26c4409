import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';

export const LONGEST_ADDRESS = 2_000;
const LONGEST_TEXT = 200;

/** How a bucket is reached. */
export class DestinationOptionsBody {
  @ApiPropertyOptional({
    example: 'https://storage.example.com',
    description: "Where S3 is reached; without it, Amazon's",
  })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_ADDRESS)
  endpoint?: string;

  @ApiPropertyOptional({ example: 'eu-central-1' })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_TEXT)
  region?: string;

  @ApiPropertyOptional({ description: 'Kept sealed, and never shown' })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_TEXT)
  access_key_id?: string;

  @ApiPropertyOptional({ writeOnly: true, description: 'Kept sealed, and never shown' })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_TEXT)
  secret_access_key?: string;

  @ApiPropertyOptional({ description: 'For storages that have the bucket in the path rather than in the host name' })
  @IsOptional()
  @IsBoolean()
  force_path_style?: boolean;
}
