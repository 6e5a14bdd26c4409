import { Injectable } from '@nestjs/common';
import {
  type CopiedExport,
  copyTimeout,
  type ExportFile,
  ExportFiles,
  MANIFEST_NAME,
  manifestPath,
} from '../../infrastructure/export-file';
import { ObjectClaims } from '../../infrastructure/object-claims';
import type { DeliveryTarget } from '../../model/domain/channel-descriptor';
import type { ClaimedMessage, DeliveryReceipt } from '../../model/domain/claimed-message';
import { toFileNames, toFolderNames } from '../../model/domain/file-names';
import {
  type ChannelRegistration,
  DeliveryChannel,
  DeliveryRefusedError,
  type DestinationTest,
  type PlanContext,
  type PlannedTarget,
  type TestSubject,
} from '../../model/domain/interfaces/delivery-channel';
import { TransferProgress } from '../../model/domain/transfer-progress';
import { toBucketAccessError, BucketAccessError } from './bucket-access-error';
import { BucketConnections } from './bucket-connections';
import { BucketPlanner } from './bucket-planner';
import { type BucketTarget, parseBucketTarget } from './bucket-target';
import type { BucketObject } from './bucket-object';
import type { OpenBucket } from './open-bucket';
import { type BucketInput, s3Descriptor } from './s3.descriptor';

/** Copies files to buckets, each to a key of its own. */
@Injectable()
export class S3Channel extends DeliveryChannel {
  override readonly descriptor = s3Descriptor;

  constructor(
    private readonly planner: BucketPlanner,
    private readonly connections: BucketConnections,
    private readonly claims: ObjectClaims,
    private readonly files: ExportFiles,
  ) {
    super();
  }

  override async plan(input: unknown, context: PlanContext): Promise<PlannedTarget> {
    return { target: await this.planner.plan(input as BucketInput, context) };
  }

  override probe(target: DeliveryTarget, field: string): Promise<void> {
    return this.planner.probe(target, field);
  }

  override prepareTest(subject: TestSubject, context: PlanContext): Promise<DestinationTest> {
    return this.planner.prepareTest(subject, context);
  }

  override async deliver(
    message: ClaimedMessage,
    signal: AbortSignal,
    progress = new TransferProgress(),
  ): Promise<DeliveryReceipt> {
    const target = parseBucketTarget(message.target);
    if (!target) throw new DeliveryRefusedError('The target of the delivery is no bucket');
    const { source, file, manifest, parts } = await this.files.find(message, progress);
    const toNames = parts ? toFolderNames : toFileNames;
    const names = toNames(target, source.fileName, source.completedAt ?? source.updatedAt);
    const bucket = await this.open(target);
    try {
      const { endpoint, bucket: name, prefix } = bucket;
      const range = { endpoint, bucket: name, begin: `${prefix}${names.stem}` };
      const stop = AbortSignal.any([signal, copyTimeout(file)]);
      const copy = { bucket, file, manifest, parts, signal: stop };
      const key = await this.claims.copyToFreeKey(range, names.candidates(prefix), file.exportId, (candidate, claim) =>
        parts ? copyParts(candidate, claim, copy) : copyTo(candidate, claim, copy),
      );
      if (key === null) throw new BucketAccessError(`There are too many files of this day in ${bucket.uri}`);
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
}

/** One attempt to copy a file and its manifest. */
interface Copy {
  readonly bucket: OpenBucket;
  readonly file: ExportFile;
  readonly manifest: ExportFile | null;
  readonly parts: CopiedExport['parts'];
  readonly signal: AbortSignal;
}

/**
 * Copies the manifest last, so that a file with a manifest is complete. An attempt that a crash ended between both is
 * continued by the next one.
 * @returns whether the key has this file now; otherwise it has another one
 */
async function copyTo(key: string, claim: 'new' | 'held', { bucket, file, manifest, signal }: Copy): Promise<boolean> {
  const object = bucket.object(key);
  const found = await object.head(signal);
  if (found.kind === 'object' && found.exportId !== file.exportId) return false;
  const beside = manifest && bucket.object(manifestPath(key));
  if (found.kind !== 'object') {
    if (await hasOther(beside, file, signal)) return false;
    if (!(await write(object, file, claim, signal))) return false;
  }
  if (!manifest || !beside || (await write(beside, manifest, claim, signal))) return true;
  throw new DeliveryRefusedError(`${bucket.uri} has another object where the manifest of the file belongs`);
}

/**
 * Copies files to a folder, and the manifest last: a folder with a manifest is complete. The next attempt after a crash copies what
 * is missing.
 * @returns whether the folder has these files now; otherwise it has others
 */
async function copyParts(folder: string, claim: 'new' | 'held', copy: Copy): Promise<boolean> {
  const { bucket, file, manifest, parts, signal } = copy;
  if (!manifest || !parts) throw new DeliveryRefusedError('The export has no manifest');
  const marker = bucket.object(`${folder}${MANIFEST_NAME}`);
  if (await hasOther(marker, file, signal)) return false;
  let isFirst = true;
  for await (const part of parts()) {
    const object = bucket.object(`${folder}${part.name}`);
    const found = await object.head(signal);
    const isThere =
      found.kind === 'object' ? found.exportId === file.exportId : await write(object, part, claim, signal);
    if (!isThere && isFirst) return false;
    if (!isThere) throw new DeliveryRefusedError(`${bucket.uri} has another object where a file of the export belongs`);
    isFirst = false;
  }
  if (await write(marker, manifest, claim, signal)) return true;
  throw new DeliveryRefusedError(`${bucket.uri} has another object where the manifest of the files belongs`);
}

/** Whether there is an object of another owner. */
async function hasOther(object: BucketObject | null, file: ExportFile, signal: AbortSignal): Promise<boolean> {
  const found = await object?.head(signal);
  return found?.kind === 'object' && found.exportId !== file.exportId;
}

/** @returns whether the object is the file now, also by an earlier attempt */
async function write(
  object: BucketObject,
  file: ExportFile,
  claim: 'new' | 'held',
  signal: AbortSignal,
): Promise<boolean> {
  if (await object.write(file, signal)) return true;
  const present = await object.head(signal);
  if (present.kind === 'object') return present.exportId === file.exportId;
  // The object may not be read. The claim is older than this attempt, so an earlier attempt has most likely written it.
  return present.kind === 'hidden' && claim === 'held';
}

export const s3Registration: ChannelRegistration = {
  descriptor: s3Descriptor,
  implementation: S3Channel,
  providers: [BucketPlanner, BucketConnections],
};
