import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';

const DEFAULT_SIZE = 50;
const LARGEST_SIZE = 200;

/** How much of a list. */
export class PageSizeQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: LARGEST_SIZE, default: DEFAULT_SIZE })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LARGEST_SIZE)
  limit?: number;
}

/** Which part of a list: `limit` items that are older than the one `cursor` names. */
export class PageQuery extends PageSizeQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Taken from the `next` of the page before' })
  @IsOptional()
  @IsUUID(undefined, { message: 'cursor must come from the next of another page' })
  cursor?: string;
}

export function pageSize({ limit }: PageSizeQuery): number {
  return limit ?? DEFAULT_SIZE;
}

/** A part of a list as the model knows it. `nextCursor` is `null` on the last page. */
export interface Page<Item> {
  readonly count: number;
  readonly nextCursor: string | null;
  readonly items: readonly Item[];
}

export abstract class PageResponse {
  @ApiProperty({ type: 'integer', description: 'How many items the whole list has' })
  readonly count!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uri',
    description: 'The address of the next page; null on the last one',
  })
  readonly next!: string | null;
}

/** The address of the page after `page`, with the query that led to it. */
export function nextPageUrl(page: Page<unknown>, url: string, publicUrl: string): string | null {
  if (page.nextCursor === null) return null;
  const next = new URL(url, publicUrl);
  next.searchParams.set('cursor', page.nextCursor);
  return next.href;
}
