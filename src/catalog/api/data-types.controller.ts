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
import { ExportableTables } from '../model/services/exportable-tables';
import { SourceTables } from '../model/services/source-tables';
import { DataTypeRequest } from './data-type.request';
import { DataTypeListResponse, DataTypeResponse } from './data-type.response';
import { ExportableTableListResponse, ExportableTableResponse } from './exportable-table.response';
import { SourceTableListResponse, SourceTableResponse } from './source-table.response';

const CHECKED =
  'All tables and columns must exist in the database. A 400 lists every one that does not, under its field, such as `tables.0`, `columns.users.3` or `owners.users`. Data types are shared by all tenants, so an administrator of one tenant may not change them.';

@ApiTags('Data types')
@ApiBearerAuth()
@ApiProblems(401)
@Controller('exports/data-types')
export class DataTypesController {
  constructor(
    private readonly dataTypes: DataTypeService,
    private readonly tables: ExportableTables,
    private readonly sourceTables: SourceTables,
  ) {}

  @OperationId('listDataTypes')
  @Get()
  @ApiOperation({
    summary: 'List the data types, by name',
    description: 'The list is not paged. Administrators see inactive data types too.',
  })
  @ApiOkResponse({ type: DataTypeListResponse })
  async list(@CurrentUser() caller: UserPrincipal): Promise<DataTypeListResponse> {
    const results = (await this.dataTypes.list(caller)).map((dataType) => DataTypeResponse.of(dataType));
    return { count: results.length, next: null, results };
  }

  @OperationId('listExportableTables')
  @Get('tables')
  @ApiOperation({
    summary: 'List the tables that you may export, with their columns',
    description:
      'What requests may name in `tables`, `columns` and `filters`. The list is not paged. Administrators see every table of the active data types, others those with rows of their own.',
  })
  @ApiOkResponse({ type: ExportableTableListResponse })
  async listTables(@CurrentUser() caller: UserPrincipal): Promise<ExportableTableListResponse> {
    const results = (await this.tables.list(caller)).map((table) => ExportableTableResponse.of(table));
    return { count: results.length, next: null, results };
  }

  @OperationId('listSourceTables')
  @Get('source-tables')
  @AdminOnly({ ofAllTenants: true })
  @ApiOperation({
    summary: 'List the tables that data types may name, with their columns',
    description:
      'Every table and view of the database that the service may read, apart from its own. The list is not paged. An administrator of one tenant may not do this.',
  })
  @ApiOkResponse({ type: SourceTableListResponse })
  @ApiProblems(403)
  async listSourceTables(): Promise<SourceTableListResponse> {
    const results = (await this.sourceTables.list()).map((table) => SourceTableResponse.of(table));
    return { count: results.length, next: null, results };
  }

  @OperationId('getDataType')
  @Get(':id')
  @ApiOperation({ summary: 'Get a data type' })
  @ApiOkResponse({ type: DataTypeResponse })
  @ApiProblems(404)
  async get(@Param('id') id: string, @CurrentUser() caller: UserPrincipal): Promise<DataTypeResponse> {
    return DataTypeResponse.of(await this.dataTypes.get(id, caller));
  }

  @OperationId('createDataType')
  @Post()
  @AdminOnly({ ofAllTenants: true })
  @ApiOperation({ summary: 'Create a data type', description: CHECKED })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiCreatedResponse({
    type: DataTypeResponse,
    headers: { Location: { description: 'The path of the data type', schema: { type: 'string' } } },
  })
  @ApiOkResponse({ type: DataTypeResponse, description: 'A repeat of the request that created it' })
  @ApiProblems(400, 409, 410, 413, 415, 422)
  async create(
    @CurrentUser() by: UserPrincipal,
    @IdempotencyKey() idempotencyKey: string | null,
    @Body() body: DataTypeRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DataTypeResponse> {
    const { dataType, isNew } = await this.dataTypes.create(DataTypeRequest.toDraft(body), by, idempotencyKey);
    response.status(isNew ? HttpStatus.CREATED : HttpStatus.OK).location(`/api/v1/exports/data-types/${dataType.id}/`);
    return DataTypeResponse.of(dataType);
  }

  @OperationId('replaceDataType')
  @Put(':id')
  @AdminOnly({ ofAllTenants: true })
  @ApiOperation({
    summary: 'Replace a data type',
    description: `Missing fields get their defaults. ${CHECKED}`,
  })
  @ApiOkResponse({ type: DataTypeResponse })
  @ApiProblems(400, 404, 409, 413, 415)
  async replace(
    @Param('id') id: string,
    @CurrentUser() by: UserPrincipal,
    @Body() body: DataTypeRequest,
  ): Promise<DataTypeResponse> {
    return DataTypeResponse.of(await this.dataTypes.replace(id, DataTypeRequest.toDraft(body), by));
  }

  @OperationId('deleteDataType')
  @Delete(':id')
  @AdminOnly({ ofAllTenants: true })
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({
    summary: 'Delete a data type',
    description:
      'Its tables keep their rows, and existing export files keep their retention. An administrator of one tenant may not do this.',
  })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async delete(@Param('id') id: string, @CurrentUser() by: UserPrincipal): Promise<void> {
    await this.dataTypes.delete(id, by);
  }
}
