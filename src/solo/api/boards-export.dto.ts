import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { type EstimateInput, ExportResponse, ResponseOfKind } from '../../export';
import { ExportBody, ExportBodyProvider } from '../../preview';
import type { Principal } from '../../platform/auth/principal';
import { DomainError } from '../../platform/errors/domain-error';
import { type BoardFilter, MAX_SELECTED_BOARDS } from '../model/domain/board-selection';
import { MAX_NAME_LENGTH } from '../model/domain/solo-session';
import { type BoardsExportInput, BoardsExportService } from '../model/services/boards-export.service';
import { BoardExportOptions, BoardExportRequest, BoardOptionsResponse } from './board-export.dto';

/** A board meets all conditions that are given. */
export class BoardFilterBody {
  @ApiPropertyOptional({ example: 'Algebra', description: 'The name contains it; case is ignored' })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(MAX_NAME_LENGTH)
  name_contains?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'The board was changed at this time or later' })
  @IsOptional()
  @IsISO8601({ strict: true })
  updated_since?: string;

  toFilter(): BoardFilter {
    const { name_contains: nameContains, updated_since: updatedSince } = this;
    return { ...(nameContains != null && { nameContains }), ...(updatedSince != null && { updatedSince }) };
  }
}

/** Each format uses its own options and ignores the others. */
export class BoardsExportOptions extends OmitType(BoardExportOptions, ['page'] as const) {}

export class BoardsExportRequest extends BoardExportRequest {
  @ApiPropertyOptional({
    type: [String],
    format: 'uuid',
    maxItems: MAX_SELECTED_BOARDS,
    description: 'The boards, in the order of the file. Either these or a `filter`.',
  })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  session_ids?: string[];

  @ApiPropertyOptional({
    type: BoardFilterBody,
    description:
      `Selects boards at the request, the oldest first; at most ${MAX_SELECTED_BOARDS} may meet it. \`{}\` selects all your ` +
      'boards.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => BoardFilterBody)
  filter?: BoardFilterBody;

  @ApiPropertyOptional({ type: BoardsExportOptions })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => BoardsExportOptions)
  override options?: BoardsExportOptions = undefined;

  /** @throws DomainError invalid */
  toBoardsInput(): BoardsExportInput {
    const { session_ids: sessionIds, filter } = this;
    if (sessionIds && !filter) return { ...this.toInput(), selection: { sessionIds } };
    if (filter && !sessionIds) return { ...this.toInput(), selection: { filter: filter.toFilter() } };
    const message = 'must name the boards, or a filter must select them: send exactly one of session_ids and filter';
    throw DomainError.invalidRequest({ field: 'session_ids', message });
  }
}

export class NamedBoardsEstimateRequest extends BoardsExportRequest {
  @ApiProperty({
    type: [String],
    format: 'uuid',
    maxItems: MAX_SELECTED_BOARDS,
    description: 'The boards',
    required: true,
  })
  @IsArray()
  @IsString({ each: true })
  override session_ids: string[] = [];
}

export class FilteredBoardsEstimateRequest extends BoardsExportRequest {
  @ApiProperty({ type: BoardFilterBody, required: true, description: 'Selects the boards' })
  @IsObject()
  @ValidateNested()
  @Type(() => BoardFilterBody)
  override filter: BoardFilterBody = new BoardFilterBody();
}

@ExportBodyProvider({ field: 'session_ids', body: NamedBoardsEstimateRequest, isForCustomers: true })
export class NamedBoardsExportBody extends ExportBody {
  constructor(private readonly boards: BoardsExportService) {
    super();
  }

  override authorize(caller: Principal, body: NamedBoardsEstimateRequest): Promise<EstimateInput> {
    return this.boards.authorize(caller, body.toBoardsInput());
  }
}

@ExportBodyProvider({ field: 'filter', body: FilteredBoardsEstimateRequest, isForCustomers: true })
export class FilteredBoardsExportBody extends ExportBody {
  constructor(private readonly boards: BoardsExportService) {
    super();
  }

  override authorize(caller: Principal, body: FilteredBoardsEstimateRequest): Promise<EstimateInput> {
    return this.boards.authorize(caller, body.toBoardsInput());
  }
}

class BoardsFilterResponse {
  @ApiPropertyOptional({ example: 'Algebra' })
  readonly name_contains?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  readonly updated_since?: string;
}

class BoardsOptionsResponse extends OmitType(BoardOptionsResponse, ['page'] as const) {
  @ApiPropertyOptional({ type: [String], format: 'uuid', description: 'The boards, if the request named them' })
  readonly session_ids?: readonly string[];
}

/** An export of several boards. */
@ResponseOfKind('boards')
export class BoardsExportResponse extends OmitType(ExportResponse, ['filters', 'kind', 'options'] as const) {
  @ApiProperty({ enum: ['boards'] })
  readonly kind!: 'boards';

  @ApiProperty({
    type: BoardsFilterResponse,
    nullable: true,
    description: 'The filter that selected the boards at the request',
  })
  readonly filters!: BoardsFilterResponse | null;

  @ApiProperty({ type: BoardsOptionsResponse })
  readonly options!: BoardsOptionsResponse;
}
