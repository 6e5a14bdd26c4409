import { randomUUID } from 'node:crypto';
import type { Attempt } from '../../src/production/model/domain/interfaces/attempt.repository';
import { PartRepository } from '../../src/production/model/domain/interfaces/part.repository';
import type { DivisionPlan } from '../../src/export/model/domain/division';
import {
  type ClaimedPart,
  type FinishedPart,
  MAX_PART_ATTEMPTS,
  PART_INTERRUPTED,
  type PartFailure,
  type PartsState,
} from '../../src/production/model/domain/part';
import { asJson } from './export-record';
import type { ExportTerms } from './export-terms';
import type { FakeRecords, PartRecord } from './fake-records';

/** Parts of the exports of a `FakeRecords`: fenced by tokens, under a lease, as the adapter's are. */
export class FakePartRepository extends PartRepository {
  constructor(
    private readonly records: FakeRecords,
    private readonly terms: Pick<ExportTerms, 'leaseSeconds'>,
  ) {
    super();
  }

  override begin({ token, export: { id } }: Attempt, { snapshot, pieces }: DivisionPlan): Promise<boolean> {
    if (!this.hasLeader({ exportId: id, leaderToken: token })) return Promise.resolve(false);
    const others = this.records.parts.filter(({ exportId }) => exportId !== id);
    const parts = pieces.map((piece, index): PartRecord => {
      const part = {
        exportId: id,
        leaderToken: token,
        number: index + 1,
        piece: asJson(piece),
        snapshot: asJson(snapshot),
      };
      return { ...part, ...WAITING, isShared: snapshot !== null };
    });
    this.records.parts = [...others, ...parts];
    return Promise.resolve(true);
  }

  override claimNext(): Promise<ClaimedPart | null> {
    const next = this.next();
    return Promise.resolve(next ? this.claim(next) : null);
  }

  override claimOf(leader: Attempt): Promise<ClaimedPart | null> {
    const [next] = this.partsOf(leader).filter((part) => this.isFree(part) && this.hasLeader(part));
    return Promise.resolve(next ? this.claim(next) : null);
  }

  override findNext(): Promise<string | null> {
    return Promise.resolve(this.next()?.exportId ?? null);
  }

  override beat(part: ClaimedPart, rows: number): Promise<boolean> {
    return this.change(part, { heartbeatAt: this.records.clock.now(), rows });
  }

  override finish(part: ClaimedPart, finished: FinishedPart): Promise<boolean> {
    const rows = finished.files.reduce((sum, file) => sum + file.rows, 0);
    return this.change(part, { status: 'done', token: null, rows, result: asJson(finished) });
  }

  override fail(part: ClaimedPart, failure: PartFailure): Promise<boolean> {
    return this.change(part, { status: 'failed', token: null, failure });
  }

  override retryLater(part: ClaimedPart, pauseSeconds: number, failure: PartFailure): Promise<boolean> {
    if (part.attempt >= MAX_PART_ATTEMPTS) return this.fail(part, failure);
    const retryAt = this.records.clock.in(pauseSeconds);
    return this.change(part, { status: 'waiting', token: null, rows: 0, retryAt });
  }

  override handBack(part: ClaimedPart, mayBeShared: boolean): Promise<boolean> {
    const { isShared = false } = this.find(part) ?? {};
    const attempts = part.attempt - 1;
    return this.change(part, { status: 'waiting', token: null, rows: 0, attempts, isShared: isShared && mayBeShared });
  }

  override stateOf(leader: Attempt): Promise<PartsState> {
    const parts = this.partsOf(leader);
    const failed = parts.flatMap(({ failure }) => failure ?? []);
    const isInterrupted = (part: PartRecord) =>
      part.status === 'running' && part.attempts >= MAX_PART_ATTEMPTS && this.isSilent(part);
    return Promise.resolve({
      open: parts.filter(({ status }) => status !== 'done').length,
      rows: parts.reduce((sum, { rows }) => sum + rows, 0),
      failure:
        failed.find(({ isPermanent }) => isPermanent) ??
        failed[0] ??
        (parts.some(isInterrupted) ? PART_INTERRUPTED : null),
    });
  }

  override resultsOf(leader: Attempt): Promise<FinishedPart[]> {
    return Promise.resolve(this.partsOf(leader).map(({ result }) => result!));
  }

  override forgetEnded(): Promise<void> {
    this.records.parts = this.records.parts.filter((part) => this.hasLeader(part));
    return Promise.resolve();
  }

  private next(): PartRecord | undefined {
    const runningOf = ({ exportId }: PartRecord) =>
      this.records.parts.filter((part) => part.exportId === exportId && part.status === 'running').length;
    const silentSince = this.records.clock.in(-this.terms.leaseSeconds);
    const isLed = (part: PartRecord) =>
      this.hasLeader(part) && this.records.exports.get(part.exportId)!.heartbeatAt! >= silentSince;
    const [next] = this.records.parts
      .filter((part) => part.isShared && this.isFree(part) && isLed(part))
      .sort(
        (one, other) =>
          runningOf(one) - runningOf(other) || one.exportId.localeCompare(other.exportId) || one.number - other.number,
      );
    return next;
  }

  private claim(part: PartRecord): ClaimedPart {
    const token = randomUUID();
    const { exportId, leaderToken, number, piece, snapshot } = part;
    const attempts = part.attempts + 1;
    Object.assign(part, { status: 'running', token, attempts, heartbeatAt: this.records.clock.now(), rows: 0 });
    const claimed = this.records.toExport(this.records.exports.get(exportId)!);
    return { export: claimed, leaderToken, number, token, attempt: attempts, piece, snapshot };
  }

  private isFree(part: PartRecord): boolean {
    const { status, retryAt, attempts } = part;
    if (attempts >= MAX_PART_ATTEMPTS) return false;
    if (status === 'running') return this.isSilent(part);
    return status === 'waiting' && (retryAt === null || retryAt <= this.records.clock.now());
  }

  private isSilent({ heartbeatAt }: PartRecord): boolean {
    return heartbeatAt !== null && heartbeatAt < this.records.clock.in(-this.terms.leaseSeconds);
  }

  private hasLeader({ exportId, leaderToken }: Pick<PartRecord, 'exportId' | 'leaderToken'>): boolean {
    const record = this.records.exports.get(exportId);
    return record?.status === 'processing' && record.attemptToken === leaderToken;
  }

  private partsOf({ token, export: { id } }: Attempt): PartRecord[] {
    return this.records.parts.filter(({ exportId, leaderToken }) => exportId === id && leaderToken === token);
  }

  private find({ token, export: { id }, number }: ClaimedPart): PartRecord | undefined {
    return this.records.parts.find(
      (part) => part.exportId === id && part.number === number && part.token === token && part.status === 'running',
    );
  }

  private change(part: ClaimedPart, set: Partial<PartRecord>): Promise<boolean> {
    const record = this.find(part);
    if (!record || !this.hasLeader(record)) return Promise.resolve(false);
    Object.assign(record, set);
    return Promise.resolve(true);
  }
}

const WAITING = {
  status: 'waiting',
  token: null,
  attempts: 0,
  heartbeatAt: null,
  retryAt: null,
  rows: 0,
  result: null,
  failure: null,
} as const;
