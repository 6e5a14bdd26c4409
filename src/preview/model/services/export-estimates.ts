import { Injectable, Logger } from '@nestjs/common';
import type { ExportFormat, FileForecast } from '../../../formats';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import { CoalescedQuery } from '../../../platform/observability/coalesced-query';
import {
  checkEstimatedRows,
  checkFileCount,
  checkRetention,
  type EstimateInput,
  Estimator,
  expectFiles,
  type ExportEstimate,
  type ExportKind,
  ownerOf,
  type SourceEstimate,
} from '../../../export';
import { divisionOf, ExportSources } from '../../../export/sources';
import { type EstimateCorrection, learnCorrection, NO_CORRECTION } from '../domain/estimate-correction';
import { type DetailedEstimate, SAMPLE_ROWS } from '../domain/detailed-estimate';
import { EstimateHistory } from '../domain/interfaces/estimate-history';

const CORRECTION_AGE_MS = 60_000;

/** Says what an export will be before it is made. */
@Injectable()
export class ExportEstimates extends Estimator {
  private readonly logger = new Logger(ExportEstimates.name);
  private readonly corrections = new Map<string, CoalescedQuery<EstimateCorrection>>();

  constructor(
    private readonly sources: ExportSources,
    private readonly history: EstimateHistory,
    private readonly config: Config,
  ) {
    super();
  }

  /**
   * Estimates an export with its first rows. Records nothing.
   * @throws DomainError unprocessable, if it would have too many rows; and what the source and the format throw
   */
  async estimate(input: EstimateInput): Promise<DetailedEstimate> {
    const { retentionDays, maxEstimatedRows } = this.config.exports;
    checkRetention(input.retentionSeconds, retentionDays);
    this.sources.requireInstallation(input.format);
    const source = input.estimate ?? (await this.estimateSource(input, SAMPLE_ROWS)) ?? UNKNOWN;
    const { estimate, warnings } = await this.applyFormat(source, input);
    checkEstimatedRows(estimate, maxEstimatedRows);
    checkFileCount(input.options, estimate);
    const division = divisionOf(input.options);
    const files = division && expectFiles(division, estimate);
    return { ...estimate, files, samples: source.samples, warnings };
  }

  /** An export that cannot be estimated is made all the same. */
  override async forRecord(input: EstimateInput): Promise<ExportEstimate | null> {
    try {
      const source = input.estimate === undefined ? await this.estimateSource(input, 0) : input.estimate;
      return source && (await this.applyFormat(source, input)).estimate;
    } catch (error) {
      // The export itself fails with the reason of a DomainError.
      if (!(error instanceof DomainError)) {
        this.logger.warn('An export could not be estimated; it is made without an estimate', {
          event: 'export.estimate_failed',
          kind: input.kind,
          reason: String(error),
        });
      }
      return null;
    }
  }

  /** @throws DomainError unavailable, if the format is not installed | unprocessable, if the estimate has too many rows */
  check(format: ExportFormat, source: SourceEstimate | null): void {
    this.sources.requireInstallation(format);
    if (source === null) return;
    const { unit, count } = source;
    const estimate = { unit, count, fileSize: null, seconds: null, model: { bytes: null, seconds: null } };
    checkEstimatedRows(estimate, this.config.exports.maxEstimatedRows);
  }

  private estimateSource(input: EstimateInput, sampleRows: number): Promise<SourceEstimate | null> {
    const { caller, owner = ownerOf(caller), kind, format, options } = input;
    const source = this.sources.source(kind);
    return source.estimate(source.params.parse(input.params), { caller, owner, format, options, sampleRows });
  }

  private async applyFormat(
    { unit, count, content, tables, drawn, warnings }: SourceEstimate,
    { kind, format, options }: EstimateInput,
  ): Promise<{ estimate: ExportEstimate; warnings: DetailedEstimate['warnings'] }> {
    const file: FileForecast =
      drawn === undefined
        ? this.sources.writerOf(format, content).forecast(tables, options)
        : { bytes: null, seconds: null, ...drawn, warnings: [] };
    const { size, time, baseSeconds } = await this.correctionOf(kind, format);
    const estimate = {
      unit,
      count,
      fileSize: file.bytes === null ? null : Math.round(file.bytes * size),
      seconds: file.seconds === null ? null : roundSeconds(baseSeconds + file.seconds * time),
      model: { bytes: file.bytes, seconds: file.seconds },
    };
    return { estimate, warnings: [...warnings, ...file.warnings] };
  }

  private async correctionOf(kind: ExportKind, format: ExportFormat): Promise<EstimateCorrection> {
    const key = `${kind} as ${format}`;
    let query = this.corrections.get(key);
    if (!query) {
      const learn = async () => learnCorrection(await this.history.findLatest(kind, format));
      query = new CoalescedQuery(learn, CORRECTION_AGE_MS);
      this.corrections.set(key, query);
    }
    return (await query.get()) ?? NO_CORRECTION;
  }
}

/** The estimate of a source that cannot say anything. */
const UNKNOWN: SourceEstimate = {
  unit: 'rows',
  count: null,
  content: 'relations',
  tables: [],
  drawn: null,
  samples: [],
  warnings: [],
};

function roundSeconds(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
