import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentCustomer, ForCustomers } from '../../customer';
import type { CustomerPrincipal } from '../../platform/auth/principal';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { PageQuery, pageSize } from '../../platform/http/page';
import { IdempotencyKey } from '../../platform/http/idempotency-key.decorator';
import { RateLimited } from '../../platform/http/rate-limited.decorator';
import { OperationId } from '../../platform/http/operation-id';
import type { UserSessionInput } from '../model/domain/solo-session';
import { SoloSessionService } from '../model/services/solo-session.service';
import { ApiUserSessionBody } from './session-body';
import { SessionPresenter } from './session.presenter';
import {
  CustomerSessionListResponse,
  CustomerSessionResponse,
  CustomerSessionSummaryResponse,
} from './session.response';

/** The boards that an external system creates for its users. */
@ForCustomers()
@Controller('customer/solo/sessions')
export class CustomerSessionsController {
  constructor(
    private readonly sessions: SoloSessionService,
    private readonly presenter: SessionPresenter,
  ) {}

  @OperationId('listBoards')
  @Get()
  @ApiOperation({ summary: 'List the boards of your users, newest first, without their states' })
  @ApiOkResponse({ type: CustomerSessionListResponse })
  @ApiProblems(400)
  async list(
    @CurrentCustomer() customer: CustomerPrincipal,
    @Query() query: PageQuery,
    @Req() request: Request,
  ): Promise<CustomerSessionListResponse> {
    const page = await this.sessions.list(customer, pageSize(query), query.cursor);
    return this.presenter.list(page, CustomerSessionSummaryResponse, request);
  }

  @OperationId('createBoard')
  @Post()
  @RateLimited('sessions')
  @ApiUserSessionBody()
  @ApiOperation({
    summary: 'Create a board session for a user',
    description: 'The owner is the user whose tokens have this `sub`, in the tenant of the external system.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({ type: CustomerSessionResponse })
  @ApiOkResponse({ type: CustomerSessionResponse, description: 'A repeat of the request that created it' })
  @ApiProblems(400, 408, 409, 413, 415, 422)
  async create(
    @CurrentCustomer() customer: CustomerPrincipal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: UserSessionInput,
    @Res() response: Response,
  ): Promise<void> {
    const creation = await this.sessions.createFor(customer, body, idempotencyKey);
    await this.presenter.sendCreated(creation, CustomerSessionSummaryResponse, customer, response);
  }

  @OperationId('getBoard')
  @Get(':id')
  @ApiOperation({ summary: 'Get a board with its current state' })
  @ApiOkResponse({ type: CustomerSessionResponse })
  @ApiProblems(404)
  async get(
    @Param('id') id: string,
    @CurrentCustomer() customer: CustomerPrincipal,
    @Res() response: Response,
  ): Promise<void> {
    const session = await this.sessions.get(id, customer);
    await this.presenter.send({ session }, CustomerSessionSummaryResponse, customer, response);
  }

  @OperationId('deleteBoard')
  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Delete a board for the user as well, cancel its exports and delete their files' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async delete(@Param('id') id: string, @CurrentCustomer() customer: CustomerPrincipal): Promise<void> {
    await this.sessions.delete(id, customer);
  }
}
