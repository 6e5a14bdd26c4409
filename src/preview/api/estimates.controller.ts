import { Body, Controller, HttpCode, HttpStatus, Injectable, Post, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ForCustomers } from '../../customer';
import { CurrentPrincipal } from '../../platform/auth/current-principal.decorator';
import { ForUsers } from '../../platform/auth/for-users.decorator';
import type { CustomerPrincipal, UserPrincipal } from '../../platform/auth/principal';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { RATE_LIMIT_HEADERS } from '../../export';
import { EstimateResponder } from './estimate-responder';
import { ExportEstimateResponse } from './estimate.response';
import { ExportBodies } from './export-bodies';
import { ESTIMATE_BODIES } from './export-body';

const DOCUMENTATION = {
  summary: 'Estimate an export',
  description:
    'Says how many rows, bytes and seconds an export would have, and shows its first rows. Nothing is recorded. The body ' +
    'is that of the export: of `POST /exports`, of `POST /export/bulk`, of the export of a board with its `session_id`, or ' +
    'of the export of results with its `event_id`.',
};

@Injectable()
abstract class Estimates {
  constructor(
    private readonly bodies: ExportBodies,
    private readonly responder: EstimateResponder,
  ) {}

  protected send(caller: UserPrincipal | CustomerPrincipal, body: unknown, response: Response): Promise<void> {
    return this.responder.send(caller, () => this.bodies.authorize(caller, body), response);
  }
}

@ForUsers()
@ApiTags('Exports')
@Controller('exports')
export class EstimatesController extends Estimates {
  @OperationId('estimateExport')
  @Post('estimate')
  @HttpCode(HttpStatus.OK)
  @ApiOperation(DOCUMENTATION)
  @ApiBody({ schema: ESTIMATE_BODIES.users })
  @ApiOkResponse({ type: ExportEstimateResponse, headers: RATE_LIMIT_HEADERS })
  @ApiProblems(400, 403, 404, 409, 415, 422, 429, 501)
  estimate(@CurrentPrincipal() caller: UserPrincipal, @Body() body: unknown, @Res() response: Response): Promise<void> {
    return this.send(caller, body, response);
  }
}

@ForCustomers()
@Controller('customer/exports')
export class CustomerEstimatesController extends Estimates {
  @OperationId('estimateExport')
  @Post('estimate')
  @HttpCode(HttpStatus.OK)
  @ApiOperation(DOCUMENTATION)
  @ApiBody({ schema: ESTIMATE_BODIES.customers })
  @ApiOkResponse({ type: ExportEstimateResponse, headers: RATE_LIMIT_HEADERS })
  @ApiProblems(400, 404, 409, 415, 422, 429, 501)
  estimate(
    @CurrentPrincipal() caller: CustomerPrincipal,
    @Body() body: unknown,
    @Res() response: Response,
  ): Promise<void> {
    return this.send(caller, body, response);
  }
}
