import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Observable, type Subscriber } from 'rxjs';
import { type Person, principalKey } from '../../../platform/auth/principal';
import { RepeatedWarnings } from '../../../platform/observability/repeated-warnings';
import type { Export } from '../domain/export';
import { isFinished } from '../domain/export-status';
import { ExportRepository, type ExportVersion } from '../domain/interfaces/export.repository';

const POLL_MS = 400;

/**
 * A change gets its time before its transaction commits, and transactions end within five seconds. Changes of this time are
 * read again, so that one that was committed late is not missed.
 */
const OVERLAP_MS = 10_000;

/** `connected` follows the unfinished exports: whatever changes after it is emitted. */
export type OwnerChange =
  { readonly kind: 'changed'; readonly export: Export } | { readonly kind: 'connected'; readonly export?: undefined };

/** One subscriber, and which versions of recently changed exports it has. */
interface Watcher {
  readonly owner: Person;
  readonly key: string;
  readonly subscriber: Subscriber<OwnerChange>;
  known: Map<string, number>;
  isConnected: boolean;
}

/** Publishes the changes of all exports of their owners. One query per poll serves all subscribers of the process. */
@Injectable()
export class OwnerChangeFeed implements OnModuleDestroy {
  private readonly warnings = new RepeatedWarnings(new Logger(OwnerChangeFeed.name));
  private readonly watchers = new Set<Watcher>();
  private timer: NodeJS.Timeout | undefined;
  /** When the last poll that succeeded began. */
  private polledAt = 0;
  private isClosed = false;

  constructor(private readonly exports: ExportRepository) {}

  /** Emits the unfinished exports, `connected`, and every later change. Completes when the service stops. */
  changesFor(owner: Person): Observable<OwnerChange> {
    return new Observable<OwnerChange>((subscriber) => {
      if (this.isClosed) {
        subscriber.complete();
        return undefined;
      }
      const key = principalKey({ userId: owner.userId, tenantId: owner.tenantId });
      const watcher: Watcher = { owner, key, subscriber, known: new Map(), isConnected: false };
      this.watchers.add(watcher);
      if (!this.timer) {
        this.polledAt = performance.now();
        this.pollAfter(0);
      }
      return () => this.watchers.delete(watcher);
    });
  }

  // Open responses would otherwise delay the shutdown of the server.
  onModuleDestroy(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const { subscriber } of this.watchers) subscriber.complete();
  }

  private pollAfter(milliseconds: number): void {
    this.timer = setTimeout(() => void this.poll(), milliseconds);
  }

  private async poll(): Promise<void> {
    try {
      await this.publishChanges([...this.watchers]);
    } catch (error) {
      this.warnings.report('The exports of connected users could not be read; it is tried again', error, {
        event: 'export.owner_poll_failed',
      });
    }
    this.timer = undefined;
    if (this.watchers.size > 0 && !this.isClosed) this.pollAfter(POLL_MS);
  }

  private async publishChanges(watchers: readonly Watcher[]): Promise<void> {
    const beganAt = performance.now();
    const versions = await this.exports.findVersions({
      changedOf: distinctOwners(watchers),
      changedWithinMs: beganAt - this.polledAt + OVERLAP_MS,
      unfinishedOf: distinctOwners(watchers.filter(({ isConnected }) => !isConnected)),
    });
    const ofOwners = byOwner(versions);
    const news = watchers.map((watcher) => ({ watcher, versions: ofOwners.get(watcher.key) ?? [] }));
    const changed = news.flatMap(({ watcher, versions: own }) => own.filter((version) => !isKnown(watcher, version)));
    const records = await this.findRecords(changed);
    for (const { watcher, versions: own } of news) publish(watcher, own, records);
    this.polledAt = beganAt;
  }

  private async findRecords(versions: readonly ExportVersion[]): Promise<ReadonlyMap<string, Export>> {
    const ids = [...new Set(versions.map(({ id }) => id))];
    const records = ids.length > 0 ? await this.exports.findAll(ids) : [];
    return new Map(records.map((record) => [record.id, record]));
  }
}

/** Emits what the subscriber does not have yet, the oldest change first. */
function publish(watcher: Watcher, versions: readonly ExportVersion[], records: ReadonlyMap<string, Export>): void {
  const changed = new Map<string, Export>();
  for (const version of versions) {
    const record = records.get(version.id);
    if (record && !isKnown(watcher, version)) changed.set(record.id, record);
  }
  // What is not among these versions returns only with another one.
  watcher.known = new Map(
    versions.map((version) => [version.id, (changed.get(version.id) ?? version).updatedAt.getTime()]),
  );
  for (const record of [...changed.values()].sort((one, other) => +one.updatedAt - +other.updatedAt)) {
    // Those that finished a moment before the connection are in the lists that the client loads after it.
    if (watcher.isConnected || !isFinished(record.status)) {
      watcher.subscriber.next({ kind: 'changed', export: record });
    }
  }
  if (!watcher.isConnected) watcher.subscriber.next({ kind: 'connected' });
  watcher.isConnected = true;
}

function isKnown({ known }: Watcher, { id, updatedAt }: ExportVersion): boolean {
  return known.get(id) === updatedAt.getTime();
}

function byOwner(versions: readonly ExportVersion[]): ReadonlyMap<string, readonly ExportVersion[]> {
  const owners = new Map<string, ExportVersion[]>();
  for (const version of versions) {
    const { userId, tenantId } = version;
    if (userId === null) continue;
    const key = principalKey({ userId, tenantId });
    const own = owners.get(key);
    if (own) own.push(version);
    else owners.set(key, [version]);
  }
  return owners;
}

/** Each owner once, however many streams they have open. */
function distinctOwners(watchers: readonly Watcher[]): Person[] {
  return [...new Map(watchers.map(({ key, owner }) => [key, owner])).values()];
}
