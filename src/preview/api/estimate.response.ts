import { ApiProperty } from '@nestjs/swagger';
import { type ProgressUnit, WARNING_CODES, type WarningCode } from '../../formats';
import { ApiWarningCodes } from '../../platform/http/api-codes.decorator';
import { type DetailedEstimate, SAMPLE_ROWS } from '../model/domain/detailed-estimate';
import { EstimateFiguresResponse, type SampleTable, toEstimateFigures } from '../../export';

const nullableInteger = { type: 'integer', nullable: true } as const;

class SampleTableResponse {
  @ApiProperty({ example: 'transactions' })
  readonly name!: string;

  @ApiProperty({ type: [String], example: ['id', 'amount'] })
  readonly columns!: readonly string[];

  @ApiProperty({
    type: 'array',
    maxItems: SAMPLE_ROWS,
    items: { type: 'array', items: { type: 'string', nullable: true } },
    example: [['1', '9.50']],
    description: 'The first rows as text. A long text is cut and ends with `…`',
  })
  readonly rows!: readonly (readonly (string | null)[])[];
}

/** An export before it is made. */
export class ExportEstimateResponse extends EstimateFiguresResponse {
  @ApiProperty({ enum: ['rows', 'pages'] })
  readonly unit!: ProgressUnit;

  @ApiProperty({ ...nullableInteger, description: 'Of how many files it would consist; null for one, and if unknown' })
  readonly part_count!: number | null;

  @ApiProperty({ type: [SampleTableResponse], description: 'The tables of the export. Empty for boards' })
  readonly samples!: readonly SampleTable[];

  @ApiProperty({ type: [String], description: 'What the file will lack or show differently, and what is uncertain' })
  readonly warnings!: readonly string[];

  @ApiWarningCodes('WarningCode', Object.keys(WARNING_CODES))
  readonly warning_codes!: readonly WarningCode[];

  static override of(estimate: DetailedEstimate): ExportEstimateResponse {
    const { unit, files: part_count, samples, warnings } = estimate;
    return {
      unit,
      ...toEstimateFigures(estimate),
      part_count,
      samples,
      warnings: warnings.map(({ text }) => text),
      warning_codes: warnings.map(({ code }) => code),
    };
  }
}
