import { Body, Controller, Injectable, Post, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ForCustomers } from '../../customer';
import { ApiExportCreation, CreationResponder, ExportResponse } from '../../export';
import { EstimateResponder } from '../../preview';
import { CurrentPrincipal } from '../../platform/auth/current-principal.decorator';
import { ForUsers } from '../../platform/auth/for-users.decorator';
import type { Principal } from '../../platform/auth/principal';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { IdempotencyKey } from '../../platform/http/idempotency-key.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { MAX_SELECTED_BOARDS } from '../model/domain/board-selection';
import { BoardsExportService } from '../model/services/boards-export.service';
import {
  BoardsExportRequest,
  BoardsExportResponse,
  FilteredBoardsEstimateRequest,
  NamedBoardsEstimateRequest,
} from './boards-export.dto';

@Injectable()
abstract class BoardsExports {
  constructor(
    private readonly boards: BoardsExportService,
    private readonly responder: CreationResponder,
    private readonly estimates: EstimateResponder,
  ) {}

  @OperationId('createBoardsExport')
  @Post()
  @ApiOperation({
    summary: 'Export several boards in one file',
    description:
      `Up to ${MAX_SELECTED_BOARDS} boards: a PDF with an outline, or a zip of pictures or of JSON files with a ` +
      '`manifest.json`. A board that cannot be exported is named in `warnings`, and the others are in the file. Deleting one ' +
      'of the boards cancels the export, or deletes its file.',
  })
  @ApiExportCreation(ExportResponse)
  @ApiProblems(400, 404, 415, 422, 429)
  async request(
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: BoardsExportRequest,
    @Res() response: Response,
  ): Promise<void> {
    if (body.dry_run === true) {
      await this.estimates.send(principal, () => this.boards.authorize(principal, body.toBoardsInput()), response);
      return;
    }
    const creation = await this.boards.request(principal, body.toBoardsInput(), idempotencyKey);
    await this.responder.send(creation, principal, response);
  }
}

@ForUsers()
@ApiTags('Board exports')
@ApiExtraModels(BoardsExportResponse, NamedBoardsEstimateRequest, FilteredBoardsEstimateRequest)
@Controller('solo/exports')
export class BoardsExportsController extends BoardsExports {}

/** Exports of boards that the external system created, also for different users. They belong to the system alone. */
@ForCustomers()
@Controller('customer/solo/exports')
export class CustomerBoardsExportsController extends BoardsExports {}
