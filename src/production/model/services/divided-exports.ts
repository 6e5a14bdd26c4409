import { Injectable, Logger } from '@nestjs/common';
import { errorMessage, pause } from '../../../platform/async';
import { DomainError } from '../../../platform/errors/domain-error';
import type { ProblemCode } from '../../../platform/errors/problem-codes';
import { type ReportProgress, toFileName } from '../../../formats';
import { FileStorage } from '../../../platform/storage/file-storage';
import { ExportQueue } from '../../../export';
import { MAX_FILES, objectPrefix, tooManyFilesError } from '../../../export/sources';
import type { FinishedFile } from '../domain/finished-file';
import { NOT_STORED } from '../domain/export-faults';
import type { Attempt } from '../domain/interfaces/attempt.repository';
import { DividedProduction, type LedDivision } from '../domain/interfaces/divided-production';
import { PartRepository } from '../domain/interfaces/part.repository';
import { type FinishedPart, nameFiles, type PartFailure } from '../domain/part';
import { StorageFault } from '../domain/interfaces/production';
import { PartRunner } from './part-runner';

/** How often the leader looks what became of the parts of others. */
const POLL_MS = 400;
const ZIP = 'application/zip';

/**
 * Leads the attempts at exports of several files: holds their snapshot, plans their parts, and makes parts itself until none is
 * left, as any other worker does.
 */
@Injectable()
export class DividedExports {
  private readonly logger = new Logger(DividedExports.name);

  constructor(
    private readonly production: DividedProduction,
    private readonly parts: PartRepository,
    private readonly runner: PartRunner,
    private readonly queue: ExportQueue,
    private readonly storage: FileStorage,
  ) {}

  /**
   * Makes the files of an attempt, which are not visible yet.
   * @throws DomainError | StorageFault | any other fault of a part
   */
  async produce(leader: Attempt, report: ReportProgress, signal: AbortSignal): Promise<FinishedFile> {
    const division = await this.production.lead(leader, signal);
    try {
      report({ done: 0, total: division.rowCount, unit: 'rows' });
      // An attempt that lost its export ends by its signal.
      await this.parts.begin(leader, division.plan);
      if (division.plan.snapshot) await this.wake(leader, division.plan.pieces.length);
      await this.makeAll(leader, division, report, signal);
      await division.assertOpen();
    } finally {
      division.close();
    }
    const file = toFinishedFile(leader, division, await this.parts.resultsOf(leader));
    const { rowCount } = division;
    if (rowCount !== null && file.recordCount !== rowCount) {
      throw new Error(`The parts have ${file.recordCount} rows, but ${rowCount} were counted`);
    }
    return file;
  }

  private async makeAll(
    leader: Attempt,
    division: LedDivision,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const over = new AbortController();
    const watching = this.watch(leader, division, report, signal).finally(() => {
      over.abort(new Error('The parts are done, or one of them failed'));
    });
    // Awaited below: until then, a failure while a part is made must not end the process.
    watching.catch(() => undefined);
    const ending = AbortSignal.any([signal, over.signal]);
    while (!ending.aborted) {
      const part = await this.parts.claimOf(leader);
      if (part) await this.runner.carryOut(part, division, ending);
      else await pause(POLL_MS, ending).catch(() => undefined);
    }
    await watching;
  }

  /** Reports the progress of all parts until they are done. @throws the failure of a part */
  private async watch(
    leader: Attempt,
    { rowCount: total }: LedDivision,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      const { open, rows, failure } = await this.parts.stateOf(leader);
      signal.throwIfAborted();
      if (failure) throw toError(failure);
      report({ done: rows, total, unit: 'rows' });
      if (open === 0) return;
      await pause(POLL_MS, signal);
    }
  }

  /** Removes what attempts stored that were interrupted. The collector of orphans finds what stays. */
  async removeLeftovers({ export: { id } }: Attempt, { parts = [] }: FinishedFile): Promise<void> {
    const published = new Set(parts.map(({ key }) => key));
    try {
      const left: string[] = [];
      for await (const { key } of this.storage.list(objectPrefix(id))) {
        if (!published.has(key)) left.push(key);
      }
      if (left.length > 0) await this.storage.deleteAll(left);
      for await (const upload of this.storage.listUploads(objectPrefix(id))) await this.storage.discardUpload(upload);
    } catch (error) {
      this.logger.warn('What interrupted attempts stored could not be removed; the collector does it', {
        event: 'export.cleanup_failed',
        reason: errorMessage(error),
      });
    }
  }

  private async wake({ export: { id }, token }: Attempt, count: number): Promise<void> {
    await this.queue.addParts(id, token, count).catch((error: unknown) => {
      this.logger.warn('No worker could be woken for the parts of an export; the sweep does it', {
        event: 'export.wake_failed',
        reason: errorMessage(error),
      });
    });
  }
}

function toError({ code, reason, isPermanent }: PartFailure): Error {
  // Only the codes of problems are permanent: they come from a DomainError.
  if (isPermanent) return new DomainError('conflict', code as ProblemCode, reason);
  return code === NOT_STORED.code ? new StorageFault(reason) : new Error(reason);
}

/** @throws DomainError if there are too many files */
function toFinishedFile(
  { token, export: { id } }: Attempt,
  { plan, facts }: LedDivision,
  results: readonly FinishedPart[],
): FinishedFile {
  const parts = nameFiles(facts.title, plan, results);
  if (parts.length > MAX_FILES) throw tooManyFilesError();
  const recordCount = parts.reduce((sum, { rows }) => sum + rows, 0);
  const warnings = new Map(results.flatMap((result) => result.warnings.map((warning) => [warning.text, warning])));
  return {
    object: { key: `${objectPrefix(id)}${token}.zip`, contentType: ZIP },
    name: toFileName(facts.title, 'zip'),
    contentType: ZIP,
    size: parts.reduce((sum, { size }) => sum + size, 0),
    sha256: '',
    blocks: [],
    recordCount,
    pageCount: null,
    read: null,
    warnings: [...warnings.values()],
    facts: { ...facts, tables: facts.tables.map((table) => ({ ...table, rows: recordCount })) },
    parts,
  };
}
