import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../../platform/http/page';
import { EXPORT_KINDS, type ExportKind } from '../model/domain/export-kind';
import { EXPORT_FORMATS, type ExportFormat } from '../../formats';
import { EXPORT_STATUSES, type ExportStatus } from '../model/domain/export-status';

export class ExportListQuery extends PageQuery {
  @ApiPropertyOptional({ enum: EXPORT_STATUSES })
  @IsOptional()
  @IsIn(EXPORT_STATUSES)
  status?: ExportStatus;

  @ApiPropertyOptional({ type: String, enum: EXPORT_KINDS })
  @IsOptional()
  @IsIn(EXPORT_KINDS)
  kind?: ExportKind;

  @ApiPropertyOptional({ enum: EXPORT_FORMATS })
  @IsOptional()
  @IsIn(EXPORT_FORMATS)
  format?: ExportFormat;
}
