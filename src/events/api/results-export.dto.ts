import { ApiPropertyOptional, ApiProperty, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Notify, NotifyBody } from '../../delivery';
import {
  DryRun,
  type EstimateInput,
  ExportResponse,
  FormatOptions,
  ResponseOfKind,
  RetentionDays,
  TextOptionsResponse,
  toRetentionSeconds,
} from '../../export';
import { ExportBody, ExportBodyProvider } from '../../preview';
import type { Principal } from '../../platform/auth/principal';
import { DEFAULT_POINTS, DEFAULT_RESULTS_FORMAT, RESULTS_FORMATS } from '../model/domain/results-export';
import { ResultsExportService, type ResultsRequest } from '../model/services/results-export.service';

/** A format ignores the options that it does not have. */
@FormatOptions('table', { showsFalse: true })
export class ResultsExportOptions {
  readonly [option: string]: unknown;

  @ApiPropertyOptional({
    default: DEFAULT_POINTS,
    description: 'Add a column with the points of the answer after each question',
  })
  @IsOptional()
  @IsBoolean()
  readonly points?: boolean;
}

export class ResultsExportBody {
  // The service validates it and returns the error that clients know.
  @ApiPropertyOptional({ enum: RESULTS_FORMATS, default: DEFAULT_RESULTS_FORMAT })
  @IsOptional()
  format?: unknown;

  @ApiPropertyOptional({ default: true, description: 'Whether the first complete download deletes the file' })
  @IsOptional()
  @IsBoolean()
  one_time?: boolean;

  @ApiPropertyOptional({ type: ResultsExportOptions })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ResultsExportOptions)
  options?: ResultsExportOptions;

  @Notify()
  notify?: NotifyBody | false;

  @RetentionDays()
  retention_days?: number;

  @DryRun()
  dry_run?: boolean;

  toRequest(): ResultsRequest {
    const { format, options, notify, one_time: oneTime, retention_days: days } = this;
    const retentionSeconds = toRetentionSeconds(days);
    return { format, options: options ?? {}, oneTime: oneTime ?? true, notify, retentionSeconds };
  }
}

export class ResultsEstimateBody extends ResultsExportBody {
  @ApiProperty({ format: 'uuid', description: 'The event' })
  @IsString()
  event_id!: string;
}

@ExportBodyProvider({ field: 'event_id', body: ResultsEstimateBody, isForCustomers: true })
export class ResultsBody extends ExportBody {
  constructor(private readonly results: ResultsExportService) {
    super();
  }

  override authorize(caller: Principal, body: ResultsEstimateBody): Promise<EstimateInput> {
    return this.results.authorize(caller, body.event_id, body.toRequest());
  }
}

class ResultsOptionsResponse extends TextOptionsResponse {
  @ApiPropertyOptional({ example: 'label' })
  readonly header?: string;

  @ApiPropertyOptional()
  readonly points?: boolean;

  @ApiPropertyOptional({ example: 'a4', description: 'pdf' })
  readonly page_size?: string;

  @ApiPropertyOptional({ example: 'landscape', description: 'pdf' })
  readonly orientation?: string;
}

/** An export of the results of an event. */
@ResponseOfKind('event')
export class ResultsExportResponse extends OmitType(ExportResponse, ['kind', 'options'] as const) {
  @ApiProperty({ enum: ['event'] })
  readonly kind!: 'event';

  @ApiProperty({ type: ResultsOptionsResponse })
  readonly options!: ResultsOptionsResponse;
}
