import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Post, Put, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { AdminOnly } from '../../platform/auth/admin-only.decorator';
import type { UserPrincipal } from '../../platform/auth/principal';
import { CurrentUser } from '../../platform/auth/current-principal.decorator';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { IdempotencyKey } from '../../platform/http/idempotency-key.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { DataTypeService } from '../model/services/data-type.service';
import { DataTypeRequest } from './data-type.request';
import { DataTypeListResponse, DataTypeResponse } from './data-type.response';

const CHECKED =
  'Everything that is named must be there in the database: a refusal names all that is not, each under its field, such as `tables.0`, `columns.users.3` or `owners.users`. An administrator of one tenant may not change what all tenants share.';

@ApiTags('Data types')
@ApiBearerAuth()
@ApiProblems(401)
@Controller('exports/data-types')
export class DataTypesController {
  constructor(private readonly dataTypes: DataTypeService) {}

  @OperationId('listDataTypes')
  @Get()
  @ApiOperation({
    summary: 'What data may be exported, by name',
    description: 'The list comes whole. Administrators see the inactive data types too.',
  })
  @ApiOkResponse({ type: DataTypeListResponse })
  async list(@CurrentUser() caller: UserPrincipal): Promise<DataTypeListResponse> {
    const results = (await this.dataTypes.list(caller)).map((dataType) => DataTypeResponse.of(dataType));
    return { count: results.length, next: null, results };
  }

  @OperationId('getDataType')
  @Get(':id')
  @ApiOperation({ summary: 'One data type' })
  @ApiOkResponse({ type: DataTypeResponse })
  @ApiProblems(404)
  async get(@Param('id') id: string, @CurrentUser() caller: UserPrincipal): Promise<DataTypeResponse> {
    return DataTypeResponse.of(await this.dataTypes.get(id, caller));
  }

  @OperationId('createDataType')
  @Post()
  @AdminOnly({ ofAllTenants: true })
  @ApiOperation({ summary: 'Let a group of tables and columns be exported', description: CHECKED })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({
    type: DataTypeResponse,
    headers: { Location: { description: 'The path of the data type', schema: { type: 'string' } } },
  })
  @ApiOkResponse({ type: DataTypeResponse, description: 'A repeat of a request that made it before' })
  @ApiProblems(400, 409, 410, 413, 415, 422)
  async create(
    @CurrentUser() by: UserPrincipal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: DataTypeRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DataTypeResponse> {
    const { dataType, isNew } = await this.dataTypes.create(DataTypeRequest.draft(body), by, idempotencyKey);
    response.status(isNew ? HttpStatus.CREATED : HttpStatus.OK).location(`/api/v1/exports/data-types/${dataType.id}/`);
    return DataTypeResponse.of(dataType);
  }

  @OperationId('replaceDataType')
  @Put(':id')
  @AdminOnly({ ofAllTenants: true })
  @ApiOperation({
    summary: 'Say anew what a data type is',
    description: `It is replaced as a whole: what is left out gets its default. ${CHECKED}`,
  })
  @ApiOkResponse({ type: DataTypeResponse })
  @ApiProblems(400, 404, 409, 413, 415)
  async replace(
    @Param('id') id: string,
    @CurrentUser() by: UserPrincipal,
    @Body() body: DataTypeRequest,
  ): Promise<DataTypeResponse> {
    return DataTypeResponse.of(await this.dataTypes.replace(id, DataTypeRequest.draft(body), by));
  }

  @OperationId('deleteDataType')
  @Delete(':id')
  @AdminOnly({ ofAllTenants: true })
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({
    summary: 'Take a data type out of the catalog',
    description:
      'Its tables keep their rows; files that were made of them stay as long as they would. An administrator of one tenant may not do this.',
  })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async delete(@Param('id') id: string, @CurrentUser() by: UserPrincipal): Promise<void> {
    await this.dataTypes.delete(id, by);
  }
}
