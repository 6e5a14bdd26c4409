import { Injectable } from '@nestjs/common';
import { type Export, ExportsForDelivery } from '../../../export';
import { DomainError } from '../../../platform/errors/domain-error';
import {
  type BucketTarget,
  toObjectName,
  toObjectStem,
  splitFileName,
  parseBucketTarget,
} from '../../model/domain/bucket-target';
import { DeliveryChannel, DeliveryRefusedError } from '../../model/domain/interfaces/delivery-channel';
import type { ClaimedMessage, DeliveryReceipt } from '../../model/domain/claimed-message';
import { TransferProgress } from '../../model/domain/transfer-progress';
import { BucketConnections } from './bucket-connections';
import type { ExportFile } from './bucket-object';
import { toBucketAccessError, BucketAccessError } from './bucket-access-error';
import { type KeyRange, ObjectClaims } from '../../infrastructure/object-claims';
import type { OpenBucket } from './open-bucket';

/** Far more than a day has minutes. */
const MAX_NAMES_TRIED = 10_000;

/** A copy that is slower than this is no copy: a storage that takes a byte now and then would hold up all others for ever. */
const MIN_BYTES_PER_SECOND = 100_000;
const MIN_TIMEOUT_MS = 300_000;

/** What one attempt is about. */
interface Copy {
  readonly bucket: OpenBucket;
  readonly range: KeyRange;
  readonly file: ExportFile;
  readonly signal: AbortSignal;
}

/** Copies files into buckets, each under a key that nothing else has. */
@Injectable()
export class BucketChannel extends DeliveryChannel {
  override readonly name = 's3';

  constructor(
    private readonly connections: BucketConnections,
    private readonly claims: ObjectClaims,
    private readonly exports: ExportsForDelivery,
  ) {
    super();
  }

  override async deliver(
    message: ClaimedMessage,
    signal: AbortSignal,
    progress = new TransferProgress(),
  ): Promise<DeliveryReceipt> {
    const target = parseBucketTarget(message.target);
    if (!target) throw new DeliveryRefusedError('The delivery names no bucket');
    const source = message.exportId === null ? null : await this.exports.find(message.exportId);
    if (!source) throw new DeliveryRefusedError('The export no longer exists');
    const file = this.fileOf(source, progress);
    const names = namesOf(target, source);
    const bucket = await this.open(target);
    try {
      const { endpoint, bucket: name, prefix } = bucket;
      const range = { endpoint, bucket: name, begin: `${prefix}${names.stem}` };
      const copy = { bucket, range, file, signal: AbortSignal.any([signal, patienceFor(file)]) };
      const key = await this.copy(copy, names.keys(prefix));
      return { bucket: name, key, bytes: file.size };
    } finally {
      bucket.close();
    }
  }

  private async open(target: BucketTarget): Promise<OpenBucket> {
    try {
      return await this.connections.open(target);
    } catch (error) {
      throw toBucketAccessError(error, { uri: target.uri, host: target.endpoint ?? 'its storage' });
    }
  }

  /** @returns the key under which the file is */
  private async copy(copy: Copy, keys: Iterable<string>): Promise<string> {
    const { range, file, bucket } = copy;
    const owners = await this.claims.within(range);
    const earlier = [...owners].filter(([, owner]) => owner === file.exportId).map(([key]) => key);
    for (const key of [...earlier, ...keys]) {
      const owner = owners.get(key) ?? file.exportId;
      if (owner === file.exportId && (await this.copyTo(key, copy))) return key;
    }
    throw new BucketAccessError(`There are too many files of this day in ${bucket.uri}`);
  }

  /** @returns whether the file is under that key now; if not, somebody else's is */
  private async copyTo(key: string, { bucket, range, file, signal }: Copy): Promise<boolean> {
    const claim = await this.claims.claim(range, key, file.exportId);
    if (claim === 'taken') return false;
    const object = bucket.object(key);
    const found = await object.look(signal);
    if (found.kind !== 'object') {
      if (await object.write(file, signal)) return true;
      const now = await object.look(signal);
      if (now.kind === 'object' && now.exportId === file.exportId) return true;
      // Whose it is cannot be seen. As the key was ours before this attempt, an earlier one has most likely written it.
      if (now.kind === 'hidden' && claim === 'held') return true;
    } else if (found.exportId === file.exportId) return true;
    await this.claims.release(range, key, file.exportId);
    return false;
  }

  private fileOf(source: Export, progress: TransferProgress): ExportFile {
    const { id: exportId, object, fileSize, sha256 } = source;
    if (!object || fileSize === null || sha256 === null) throw fileGoneError();
    const open = async () => {
      try {
        return await this.exports.open(source);
      } catch (error) {
        throw error instanceof DomainError ? fileGoneError() : error;
      }
    };
    return { exportId, contentType: object.contentType, size: fileSize, sha256, progress, open };
  }
}

function namesOf(target: BucketTarget, { fileName, completedAt, updatedAt }: Export): ObjectNames {
  const { stem, extension } = splitFileName(fileName ?? 'export.bin');
  const date = target.date ?? (completedAt ?? updatedAt).toISOString().slice(0, 10);
  const name = target.name ?? stem;
  return {
    stem: toObjectStem(name, date),
    *keys(prefix) {
      for (let turn = 1; turn <= MAX_NAMES_TRIED; turn += 1) yield prefix + toObjectName(name, date, extension, turn);
    },
  };
}

function patienceFor({ size }: ExportFile): AbortSignal {
  return AbortSignal.timeout(Math.round(MIN_TIMEOUT_MS + (size / MIN_BYTES_PER_SECOND) * 1000));
}

interface ObjectNames {
  /** With which all of them begin. */
  readonly stem: string;
  keys(prefix: string): Iterable<string>;
}

function fileGoneError(): DeliveryRefusedError {
  return new DeliveryRefusedError('The file was gone before it could be copied');
}
