import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { DomainError } from '../../../platform/errors/domain-error';
import { onAbort } from '../../../platform/async';
import { BlockDigest } from '../../../platform/digest/block-digest';
import { RunningWork } from '../../../platform/work/running-work';
import { type ExportCreation, type ExportFailure, type ExportInput, ExportService } from '../../../export';
import { ExportSources } from '../../../export/sources';
import type { FinishedFile } from '../domain/finished-file';
import { type Attempt, AttemptRepository } from '../domain/interfaces/attempt.repository';
import { AttemptLease } from './attempt-lease';
import { ProductionMetrics } from './production-metrics';
import { ExportRendering, type RenderedExport } from './export-rendering';

/** An export as the body of the response to its request. */
export interface StreamedFile {
  readonly name: string;
  readonly contentType: string;
  /** Ends with the file's last byte and the record's completion; throws when either fails. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Stops the work, also in the database, unless the body was read to its end. Call it in any case. */
  close(): Promise<void>;
}

export interface StreamedExport {
  readonly creation: ExportCreation;
  /** `null` for a repeat under the same idempotency key. */
  readonly file: StreamedFile | null;
}

const SERVICE_STOPPED: ExportFailure = {
  code: 'service-stopped',
  reason: 'The service stopped while the rows went out. Ask for them again.',
};

const CONNECTION_CLOSED: ExportFailure = {
  code: 'connection-closed',
  reason: 'The connection was closed before the last row had gone out',
};

const ROWS_NOT_READ: ExportFailure = {
  code: 'rows-not-read',
  reason: 'The rows could not all be read. Please ask for them again.',
};

/** Runs exports within their own request: the rows are sent as they are read, and no file is kept. */
@Injectable()
export class ExportStreaming {
  private readonly logger = new Logger(ExportStreaming.name);

  constructor(
    private readonly exports: ExportService,
    private readonly attempts: AttemptRepository,
    private readonly sources: ExportSources,
    private readonly rendering: ExportRendering,
    private readonly metrics: ProductionMetrics,
    private readonly running: RunningWork,
    private readonly config: Config,
  ) {}

  /** @throws RateLimitExceededError | DomainError mismatch | limit, and what the source throws */
  async open(input: ExportInput): Promise<StreamedExport> {
    const token = randomUUID();
    const creation = await this.exports.requestStream(input, token);
    if (!creation.isNew) return { creation, file: null };
    const stream = new Streaming(
      { token, number: 1, export: creation.export },
      this.attempts,
      this.config.exports.leaseSeconds * 1000,
    );
    const stopListening = onAbort(this.running.ending, () => {
      void this.fail(stream, new StreamInterruptedError(SERVICE_STOPPED));
    });
    void this.running.add(stream.ended.then(stopListening));
    try {
      await this.sources.authorize(creation.export);
      const rendered = await this.rendering.render(creation.export, stream.report, stream.signal);
      const { contentType, name } = rendered;
      const body = this.carry(stream, rendered);
      return {
        creation,
        file: {
          name,
          contentType,
          body,
          close: () => this.fail(stream, new StreamInterruptedError(CONNECTION_CLOSED)),
        },
      };
    } catch (error) {
      await this.fail(stream, error);
      throw error;
    }
  }

  private async *carry(stream: Streaming, rendered: RenderedExport): AsyncGenerator<Uint8Array> {
    const digest = new BlockDigest();
    const { export: request } = stream.attempt;
    let file: FinishedFile;
    try {
      for await (const chunk of rendered.body) {
        stream.signal.throwIfAborted();
        digest.update(chunk);
        yield chunk;
      }
      file = { object: null, ...rendered.finish(digest.finish()) };
      if (!(await this.attempts.finish(stream.attempt, file))) throw new Error('The export was cancelled');
    } catch (error) {
      await this.fail(stream, error);
      throw error;
    }
    stream.end();
    this.metrics.completed(request, file, stream.seconds);
    this.metrics.attemptEnded('completed');
    this.logger.log('Export streamed', {
      event: 'export.streamed',
      export_id: request.id,
      bytes: file.size,
      rows: file.recordCount,
    });
  }

  private async fail(stream: Streaming, error: unknown): Promise<void> {
    const { attempt } = stream;
    if (!stream.end()) return;
    const failure = failureOf(error);
    const failed = await this.running.add(this.attempts.fail(attempt, failure)).catch(() => false);
    // It was cancelled, or the sweep fails it when its lease expires.
    if (!failed) return;
    this.metrics.failed(attempt.export);
    this.metrics.attemptEnded('failed');
    const cause = error instanceof Error ? error : new Error(String(error));
    const about = { export_id: attempt.export.id, reason: cause.message };
    if (failure !== ROWS_NOT_READ)
      this.logger.warn('A streamed export was interrupted', { event: 'export.stream_interrupted', ...about });
    else this.logger.error('A streamed export failed', { event: 'export.stream_failed', ...about, stack: cause.stack });
  }
}

/** The stream ends for a reason outside of the export. */
class StreamInterruptedError extends Error {
  override readonly name = 'StreamInterruptedError';

  constructor(readonly failure: ExportFailure) {
    super(failure.reason);
  }
}

function failureOf(error: unknown): ExportFailure {
  if (error instanceof StreamInterruptedError) return error.failure;
  return error instanceof DomainError ? { code: error.code, reason: error.summary } : ROWS_NOT_READ;
}

/** The only attempt at a streamed export, under its lease. */
class Streaming extends AttemptLease {
  readonly ended: Promise<void>;
  private readonly startedAt = performance.now();
  private markEnded: (() => void) | undefined;

  constructor(
    readonly attempt: Attempt,
    attempts: AttemptRepository,
    leaseMs: number,
  ) {
    super(attempt, attempts, leaseMs);
    this.ended = new Promise((resolve) => {
      this.markEnded = resolve;
    });
  }

  get seconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }

  /** @returns false when it had ended before */
  end(): boolean {
    if (!this.markEnded) return false;
    this.release();
    this.markEnded();
    this.markEnded = undefined;
    return true;
  }
}
