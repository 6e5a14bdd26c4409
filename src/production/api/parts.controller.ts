import { applyDecorators, Controller, Get, Injectable, Param, ParseIntPipe, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { Request, Response } from 'express';
import { CurrentCustomer, ForCustomers } from '../../customer';
import { AcceptsLink } from '../../platform/auth/accepts-link.decorator';
import { type AuthenticatedRequest, CurrentPrincipal } from '../../platform/auth/current-principal.decorator';
import { ForUsers } from '../../platform/auth/for-users.decorator';
import type { CustomerPrincipal, Principal } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { PageResponse, toPageResponse } from '../../platform/http/page';
import { ApiDownload, FileResponder } from '../../export';
import { MAX_FILES } from '../../export/sources';
import { ExportParts, type LinkedPart } from '../model/services/export-parts';

const DEFAULT_SIZE = 1_000;
const IN_RANGE = { message: `$property must be a whole number from 1 to ${MAX_FILES}` };

class PartsQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_FILES, default: DEFAULT_SIZE })
  @IsOptional()
  @Type(() => Number)
  @IsInt(IN_RANGE)
  @Min(1, IN_RANGE)
  @Max(MAX_FILES, IN_RANGE)
  limit?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_FILES,
    description: 'Taken from the `next` of the page before',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt(IN_RANGE)
  @Min(1, IN_RANGE)
  @Max(MAX_FILES, IN_RANGE)
  cursor?: number;
}

class ExportPartResponse {
  @ApiProperty({ type: 'integer', description: 'Counted from 1, in the order of the rows' })
  readonly number!: number;

  @ApiProperty({
    description: 'With its folder, as in the zip',
    example: 'created_at=2026-01/transactions 2026-01-31-00001.csv',
  })
  readonly name!: string;

  @ApiProperty({ type: 'integer' })
  readonly rows!: number;

  @ApiProperty({ type: 'integer' })
  readonly bytes!: number;

  @ApiProperty({ description: 'SHA-256 in lower-case hex' })
  readonly sha256!: string;

  @ApiProperty({ format: 'uri', description: 'A link that needs no header and works for at least 15 minutes' })
  readonly file_url!: string;

  static of({ number, name, rows, size: bytes, sha256, fileUrl: file_url }: LinkedPart): ExportPartResponse {
    return { number, name, rows, bytes, sha256, file_url };
  }
}

class ExportPartListResponse extends PageResponse {
  @ApiProperty({ type: [ExportPartResponse] })
  readonly results!: ExportPartResponse[];
}

function ApiPartDownload({ byLink }: { readonly byLink: boolean }): MethodDecorator {
  return applyDecorators(
    ApiDownload({ byLink }),
    ApiOperation({
      summary: 'Download one of the files of an export',
      description: byLink ? 'With a token, or by its link.' : '',
    }),
    ApiParam({ name: 'number', type: 'integer', description: 'Counted from 1' }),
  );
}

@Injectable()
abstract class Parts {
  constructor(
    protected readonly parts: ExportParts,
    protected readonly responder: FileResponder,
    private readonly config: Config,
  ) {}

  @OperationId('listExportParts')
  @Get(':id/parts')
  @ApiOperation({
    summary: 'List the files of an export that was divided',
    description:
      'Of a completed export with `parts`, `max_part_rows`, `max_part_bytes` or `partition_by`. Their zip is at `file_url` of the export.',
  })
  @ApiOkResponse({ type: ExportPartListResponse })
  @ApiProblems(400, 404, 409, 410)
  async list(
    @Param('id') id: string,
    @CurrentPrincipal() owner: Principal,
    @Query() { limit = DEFAULT_SIZE, cursor = 0 }: PartsQuery,
    @Req() request: Request,
  ): Promise<ExportPartListResponse> {
    const { count, parts } = await this.parts.list(id, owner, cursor, limit);
    const last = parts.at(-1)?.number ?? count;
    const page = { count, items: parts, nextCursor: last < count ? String(last) : null };
    return toPageResponse(page, request, this.config.http.publicUrl, (part) => ExportPartResponse.of(part));
  }
}

/** The files of exports that consist of several. */
@ApiTags('Exports')
@ForUsers()
@Controller('exports')
export class PartsController extends Parts {}

@ForCustomers()
@Controller('customer/exports')
export class CustomerPartsController extends Parts {
  @OperationId('downloadExportPart')
  @Get(':id/parts/:number/download')
  @ApiPartDownload({ byLink: false })
  async download(
    @Param('id') exportId: string,
    @Param('number', ParseIntPipe) number: number,
    @CurrentCustomer() owner: CustomerPrincipal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const file = await this.parts.find(exportId, number, owner);
    await this.responder.sendFile(file, owner, request, response);
  }
}

@ApiTags('Exports')
@ApiBearerAuth()
@Controller('exports')
export class PartDownloadController {
  constructor(
    private readonly parts: ExportParts,
    private readonly responder: FileResponder,
  ) {}

  @OperationId('downloadExportPart')
  @Get(':id/parts/:number/download')
  @AcceptsLink()
  @ApiPartDownload({ byLink: true })
  async download(
    @Param('id') exportId: string,
    @Param('number', ParseIntPipe) number: number,
    @Req() request: AuthenticatedRequest,
    @Res() response: Response,
  ): Promise<void> {
    const owner = request.principal ?? null;
    const file = await this.parts.find(exportId, number, owner);
    await this.responder.sendFile(file, owner, request, response);
  }
}
