import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';
import type { Request } from 'express';
import type { Page } from '../paging';

const DEFAULT_SIZE = 50;
const MAX_PAGE_SIZE = 200;
const IN_RANGE = { message: `$property must be a whole number from 1 to ${MAX_PAGE_SIZE}` };

/** The size of a page. */
export class PageSizeQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE_SIZE, default: DEFAULT_SIZE })
  @IsOptional()
  @Type(() => Number)
  @IsInt(IN_RANGE)
  @Min(1, IN_RANGE)
  @Max(MAX_PAGE_SIZE, IN_RANGE)
  limit?: number;
}

/** A part of a list: `limit` items that are older than the one of `cursor`. */
export class PageQuery extends PageSizeQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Taken from the `next` of the page before' })
  @IsOptional()
  @IsUUID(undefined, { message: 'cursor must come from the next of another page' })
  cursor?: string;
}

export function pageSize({ limit }: PageSizeQuery): number {
  return limit ?? DEFAULT_SIZE;
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

/** The response of a list: its items, each mapped by `show`, and the URL of the next page. */
export function toPageResponse<Item, Shown>(
  { count, items, nextCursor }: Page<Item>,
  { originalUrl }: Request,
  publicUrl: string,
  show: (item: Item) => Shown,
): PageResponse & { readonly results: Shown[] } {
  const next = nextCursor === null ? null : nextPageUrl(nextCursor, originalUrl, publicUrl);
  return { count, next, results: items.map(show) };
}

const SCHEME_AND_HOST = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i;

/**
 * Keeps the query of this page. A request target may name another host (RFC 9112, 3.2.2), which must not be returned: a client
 * that follows the URL would send its token there.
 */
function nextPageUrl(cursor: string, target: string, publicUrl: string): string {
  const next = new URL(target.replace(SCHEME_AND_HOST, '').replace(/^\/+/, '/'), publicUrl);
  next.searchParams.set('cursor', cursor);
  return next.href;
}
