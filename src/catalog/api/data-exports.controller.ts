import { Body, Controller, Get, HttpStatus, Logger, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import {
  ApiExportCreation,
  CreationResponder,
  EXPORT_CREATION_HEADERS,
  ExportResponse,
  WAIT_HEADERS,
} from '../../export';
import { EstimateResponder } from '../../preview';
import type { StreamedFile } from '../../production';
import { AdminOnly } from '../../platform/auth/admin-only.decorator';
import type { UserPrincipal } from '../../platform/auth/principal';
import { CurrentUser } from '../../platform/auth/current-principal.decorator';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { IdempotencyKey } from '../../platform/http/idempotency-key.decorator';
import { STREAMS } from '../model/domain/data-query';
import { DataExportService } from '../model/services/data-export.service';
import {
  BulkExportBody,
  BulkExportResponse,
  DataExportBody,
  UserExportQuery,
  DataExportResponse,
} from './data-export.dto';
import { toRowsRequest, toTablesRequest } from './data-request';
import { STREAMED_ROWS, USER_DOCUMENT } from './rows.schema';
import { pipeline } from 'node:stream/promises';
import { attachmentDisposition } from '../../platform/http/content-disposition';
import { abortSlowClient } from '../../platform/http/slow-client';
import { OperationId } from '../../platform/http/operation-id';

const TEXT = { schema: { type: 'string' as const } };
const ROWS = Object.fromEntries(STREAMS.map(({ mediaType }) => [mediaType, TEXT]));

@ApiTags('Data exports')
@ApiExtraModels(DataExportResponse)
@ApiBearerAuth()
@Controller()
export class DataExportsController {
  constructor(
    private readonly data: DataExportService,
    private readonly responder: CreationResponder,
    private readonly estimates: EstimateResponder,
  ) {}

  @OperationId('createDataExport')
  @Post('exports')
  @ApiOperation({
    summary: 'Export your data',
    description: 'Creates a file in the background. For `realtime`, the response itself contains the rows.',
  })
  @ApiExportCreation(ExportResponse, {
    streamed: {
      description:
        'For `realtime`, the rows; Location is the URL of their record. For a repeat with the same key, the export. With `dry_run`, the estimate, as `POST /exports/estimate` returns it.',
      headers: { ...EXPORT_CREATION_HEADERS, ...WAIT_HEADERS },
      content: {
        ...ROWS,
        'application/json': { schema: { oneOf: [{ $ref: getSchemaPath(ExportResponse) }, STREAMED_ROWS] } },
      },
    },
  })
  @ApiProblems(400, 401, 403, 415, 422, 429, 501)
  async request(
    @CurrentUser() caller: UserPrincipal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: DataExportBody,
    @Res() response: Response,
  ): Promise<void> {
    const request = toRowsRequest(body);
    if (body.dry_run === true) {
      await this.estimates.send(caller, () => this.data.prepareEstimate(caller, request), response);
      return;
    }
    if (request.type !== 'realtime') {
      await this.responder.send(await this.data.request(caller, request, idempotencyKey), caller, response);
      return;
    }
    const { creation, file } = await this.data.stream(caller, request, idempotencyKey);
    if (!file) {
      await this.responder.send(creation, caller, response);
      return;
    }
    this.responder.setHeaders(creation, caller, response);
    await sendStream(file, response);
  }

  @OperationId('createBulkExport')
  @Post('export/bulk')
  @AdminOnly()
  @ApiOperation({ summary: 'Export whole tables', description: 'For administrators. The status is that of an export.' })
  @ApiExportCreation(BulkExportResponse, { waits: false })
  @ApiProblems(400, 401, 415, 422, 429, 501)
  async requestBulk(
    @CurrentUser() caller: UserPrincipal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: BulkExportBody,
    @Res() response: Response,
  ): Promise<void> {
    const request = toTablesRequest(body);
    if (body.dry_run === true) {
      await this.estimates.send(caller, () => this.data.prepareEstimate(caller, request), response);
      return;
    }
    const creation = await this.data.request(caller, request, idempotencyKey);
    this.responder.setHeaders(creation, caller, response);
    const { export: created, webhookSecret } = creation;
    const accepted: BulkExportResponse = {
      jobId: created.id,
      status: 'queued',
      ...(webhookSecret !== undefined && { webhook_secret: webhookSecret }),
    };
    response.json(accepted);
  }

  @OperationId('exportUser')
  @Get('export/user/:userId')
  @ApiOperation({
    summary: 'Export all data of a user as a stream',
    description: 'For that user and for administrators. JSON, or one CSV whose first column names the section.',
  })
  @ApiOkResponse({
    description:
      'JSON: `{profile: {…}, transactions: […], courses: […], activity: […], exportedAt}`. The connection is aborted if a row cannot be read.',
    headers: EXPORT_CREATION_HEADERS,
    content: { 'application/json': { schema: USER_DOCUMENT }, 'text/csv': TEXT },
  })
  @ApiProblems(400, 401, 403, 404, 429)
  async user(
    @Param('userId') userId: string,
    @Query() { format = 'json' }: UserExportQuery,
    @CurrentUser() caller: UserPrincipal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    // HEAD reads no row and records nothing.
    if (request.method === 'HEAD') {
      await this.data.checkUser(caller, userId, format);
      response.type(format).end();
      return;
    }
    const { creation, file } = await this.data.streamUser(caller, userId, format);
    this.responder.setHeaders(creation, caller, response);
    response.status(HttpStatus.OK);
    if (file) await sendStream(file, response);
  }
}

const logger = new Logger('StreamedResponse');

/**
 * Streams rows. Aborts the connection if it cannot finish, so that a client does not take the
 * response for complete.
 */
export async function sendStream(file: StreamedFile, response: Response): Promise<void> {
  const { name, contentType, body } = file;
  response.status(HttpStatus.OK).set({
    'Content-Type': contentType,
    'Content-Disposition': attachmentDisposition(name),
    'Cache-Control': 'private, no-store',
  });
  response.removeHeader('Retry-After');
  abortSlowClient(response);
  // A pipeline that waits for the next row does not notice that the client has disconnected.
  response.once('close', () => void file.close());
  try {
    await pipeline(body, response);
  } catch (error) {
    // The pipeline has destroyed the connection; the export's record has the reason.
    logger.warn('A streamed response was aborted', { event: 'export.stream_aborted', reason: String(error) });
  } finally {
    await file.close();
  }
}
