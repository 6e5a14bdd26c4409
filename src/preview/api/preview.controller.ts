import { Controller, Get, HttpStatus, Injectable, Param, Query, Req, Res } from '@nestjs/common';
import {
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { Request, Response } from 'express';
import { ForCustomers } from '../../customer';
import type { RowsPreview } from '../../formats';
import { CurrentPrincipal } from '../../platform/auth/current-principal.decorator';
import { ForUsers } from '../../platform/auth/for-users.decorator';
import type { Principal } from '../../platform/auth/principal';
import { DomainError } from '../../platform/errors/domain-error';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { etagOf, isNotModified } from '../../platform/http/etag';
import { OperationId } from '../../platform/http/operation-id';
import { RateLimited } from '../../platform/http/rate-limited.decorator';
import { ExportPreviews, type PreviewableExport } from '../model/services/export-previews';

const DEFAULT_ROWS = 50;
const MAX_ROWS = 200;
const IN_RANGE = { message: `$property must be a whole number from 1 to ${MAX_ROWS}` };

class PreviewQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_ROWS, default: DEFAULT_ROWS })
  @IsOptional()
  @Type(() => Number)
  @IsInt(IN_RANGE)
  @Min(1, IN_RANGE)
  @Max(MAX_ROWS, IN_RANGE)
  rows?: number;
}

class TruncatedCellResponse {
  @ApiProperty({ type: 'integer', description: 'Counted from 0' })
  readonly row!: number;

  @ApiProperty({ type: 'integer', description: 'Counted from 0' })
  readonly column!: number;
}

class PreviewResponse {
  @ApiProperty({ type: [String], example: ['id', 'amount'] })
  readonly columns!: readonly string[];

  @ApiProperty({
    type: 'array',
    items: { type: 'array', items: { type: 'string', nullable: true } },
    example: [['1', '9.50']],
    description: 'The first rows, with one cell per column. Texts are as in the file; null means no value.',
  })
  readonly rows!: RowsPreview['rows'];

  @ApiProperty({ type: [TruncatedCellResponse], description: 'The cells that are shortened; they end with `…`' })
  readonly truncated_cells!: readonly TruncatedCellResponse[];

  @ApiProperty({ description: 'Whether these are all rows of the file, and no cell is shortened' })
  readonly is_complete!: boolean;

  static of({ columns, rows, truncatedCells, isComplete }: RowsPreview): PreviewResponse {
    return { columns, rows, truncated_cells: truncatedCells, is_complete: isComplete };
  }
}

const ROWS_CACHING = 'private, no-cache';
/** Lists show the same pictures again and again, as they do thumbnails. */
const PICTURE_CACHING = 'private, max-age=300';

const KNOWN_ETAG = ApiHeader({ name: 'If-None-Match', required: false, description: 'The ETag of an earlier answer' });
const ETAG = { ETag: { description: 'Changes when the file changes', schema: { type: 'string' as const } } };
const NOT_MODIFIED = ApiResponse({ status: 304, description: 'The file has not changed' });

@Injectable()
abstract class Previews {
  constructor(private readonly previews: ExportPreviews) {}

  @OperationId('previewExport')
  @Get(':id/preview')
  @ApiOperation({
    summary: 'Get the first rows of a file',
    description:
      'Of a finished CSV or NDJSON file, also compressed. Only the start of the file is read. It is no download: it is not ' +
      'counted, and it deletes nothing. A one-time file has no preview.',
  })
  @KNOWN_ETAG
  @ApiOkResponse({ type: PreviewResponse, headers: ETAG })
  @NOT_MODIFIED
  @ApiProblems(400, 404, 409, 410)
  async rows(
    @Param('id') id: string,
    @Query() { rows = DEFAULT_ROWS }: PreviewQuery,
    @CurrentPrincipal() caller: Principal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const found = await this.previews.find(id, caller);
    if (isKnown(found, ROWS_CACHING, request, response)) return;
    const preview = await this.previews.readRows(found, rows, caller);
    withValidators(found.file, ROWS_CACHING, response).json(PreviewResponse.of(preview));
  }

  @OperationId('getExportPage')
  @Get(':id/pages/:page')
  @RateLimited('thumbnails')
  @ApiOperation({
    summary: 'Get a small picture of a page',
    description:
      'Of a finished export of a board, at most 640 pixels a side. It is the page of the file: read from a PNG, drawn from ' +
      'the board in a JSON file, or, for a PDF or an SVG, drawn from the board if it is unchanged since the request. It is ' +
      'no download. A one-time file has no pictures.',
  })
  @ApiParam({ name: 'page', schema: { type: 'integer', minimum: 1 }, description: 'Counted from 1' })
  @KNOWN_ETAG
  @ApiOkResponse({ content: { 'image/png': { schema: { type: 'string', format: 'binary' } } }, headers: ETAG })
  @NOT_MODIFIED
  @ApiProblems(400, 404, 409, 410, 422, 429)
  async page(
    @Param('id') id: string,
    @Param('page') text: string,
    @CurrentPrincipal() caller: Principal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const page = toPageNumber(text);
    const found = await this.previews.find(id, caller);
    if (isKnown(found, PICTURE_CACHING, request, response)) return;
    const disconnected = new AbortController();
    response.once('close', () => {
      disconnected.abort(new DomainError('gone', 'caller-gone', 'The client has disconnected'));
    });
    const png = await this.previews.readPage(found, page, caller, disconnected.signal);
    withValidators(found.file, PICTURE_CACHING, response).type('image/png').send(Buffer.from(png));
  }
}

@ApiTags('Exports')
@ForUsers()
@Controller('exports')
export class PreviewController extends Previews {}

/** Previews of what an external system requested. */
@ForCustomers()
@Controller('customer/exports')
export class CustomerPreviewController extends Previews {}

/** Answers with 304 when the client has the preview of this file. */
function isKnown({ file }: PreviewableExport, caching: string, request: Request, response: Response): boolean {
  if (!isNotModified(request, etagOf(file))) return false;
  withValidators(file, caching, response).status(HttpStatus.NOT_MODIFIED).end();
  return true;
}

function withValidators(file: PreviewableExport['file'], caching: string, response: Response): Response {
  return response.set({ ETag: etagOf(file), 'Cache-Control': caching });
}

function toPageNumber(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw DomainError.invalidRequest({ field: 'page', message: 'must be a whole number from 1' });
}
