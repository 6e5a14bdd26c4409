import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import {
  type CopiedExport,
  copyTimeout,
  type ExportFile,
  ExportFiles,
  MANIFEST_NAME,
  manifestPath,
  verifiedBytes,
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
import { type SftpConnection, SftpConnections } from './sftp-connection';
import { isPermissionDenied, SftpAccessError, toSftpAccessError } from './sftp-errors';
import { SftpPlanner } from './sftp-planner';
import { formatSftpUri, parseSftpTarget, parseSftpUri, type SftpLocation } from './sftp-target';
import { sftpDescriptor, toSftpInput } from './sftp.descriptor';

/** One attempt to copy a file. */
interface Copy {
  readonly connection: SftpConnection;
  readonly location: SftpLocation;
  readonly file: ExportFile;
  readonly manifest: ExportFile | null;
  readonly parts: CopiedExport['parts'];
  /** Identifies the parts of all attempts at the message. */
  readonly messageId: string;
  readonly signal: AbortSignal;
}

/**
 * Copies files to SFTP servers, each to a name of its own. The file is uploaded under a hidden `.part` name and
 * renamed when it is complete. Servers refuse to rename over an existing file, so that nothing is overwritten.
 */
@Injectable()
export class SftpChannel extends DeliveryChannel {
  override readonly descriptor = sftpDescriptor;

  constructor(
    private readonly planner: SftpPlanner,
    private readonly connections: SftpConnections,
    private readonly claims: ObjectClaims,
    private readonly files: ExportFiles,
  ) {
    super();
  }

  override async plan(input: unknown, context: PlanContext): Promise<PlannedTarget> {
    return { target: await this.planner.plan(toSftpInput(input), context) };
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
    const target = parseSftpTarget(message.target);
    const location = target && parseSftpUri(target.uri);
    if (!location) throw new DeliveryRefusedError('The target of the delivery is no SFTP server');
    const { source, file, manifest, parts } = await this.files.find(message, progress);
    const toNames = parts ? toFolderNames : toFileNames;
    const names = toNames(target, source.fileName, source.completedAt ?? source.updatedAt);
    const stop = AbortSignal.any([signal, copyTimeout(file)]);
    const connection = await this.connections.open(location, { ...target, ...this.planner.decrypt(target) }, stop);
    try {
      const { folder } = location;
      const endpoint = formatSftpUri({ ...location, folder: '/' });
      const range = { endpoint, bucket: target.username, begin: `${folder}${names.stem}` };
      const copy = { connection, location, file, manifest, parts, messageId: message.id, signal: stop };
      if (message.attempt > 1) await removeEarlierParts(copy);
      const path = await this.claims.copyToFreeKey(
        range,
        names.candidates(folder),
        file.exportId,
        (candidate, claim) => (parts ? copyParts(candidate, claim, copy) : copyTo(candidate, claim, copy)),
      );
      if (path === null) throw new SftpAccessError(`There are too many files of this day in ${target.uri}`);
      return { host: location.host, path, bytes: file.size };
    } catch (error) {
      throw toSftpAccessError(error, location);
    } finally {
      await connection.close();
    }
  }
}

/**
 * Copies the manifest last, so that a file with a manifest is complete. An attempt that a crash ended between both is
 * continued by the next one.
 * @returns whether the path has this file now; otherwise it has another one
 */
async function copyTo(path: string, claim: 'new' | 'held', copy: Copy): Promise<boolean> {
  const { connection, location, manifest, signal } = copy;
  if (!manifest) return copyFile(path, claim, copy);
  const beside = manifestPath(path);
  if (claim === 'new' && (await connection.sizeOf(beside, signal)) !== null) return false;
  if (!(await copyFile(path, claim, copy))) return false;
  if (await copyFile(beside, 'held', { ...copy, file: manifest })) return true;
  throw new DeliveryRefusedError(`${location.host} has another file where the manifest of the file belongs`);
}

/**
 * Copies files to a folder, and the manifest last: a folder with a manifest is complete. The next attempt after a crash copies what
 * is missing.
 * @returns whether the folder has these files now; otherwise it has others
 */
async function copyParts(folder: string, claim: 'new' | 'held', copy: Copy): Promise<boolean> {
  const { connection, location, manifest, parts, signal } = copy;
  if (!manifest || !parts) throw new DeliveryRefusedError('The export has no manifest');
  if (claim === 'new' && (await connection.sizeOf(folder, signal)) !== null) return false;
  const folders = new Set<string>();
  for await (const part of parts()) {
    const path = `${folder}${part.name}`;
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (!folders.has(parent)) await connection.makeFolder(parent, signal);
    folders.add(parent);
    if (await copyFile(path, 'held', { ...copy, file: part })) continue;
    throw new DeliveryRefusedError(`${location.host} has another file where a file of the export belongs`);
  }
  if (await copyFile(`${folder}${MANIFEST_NAME}`, 'held', { ...copy, file: manifest })) return true;
  throw new DeliveryRefusedError(`${location.host} has another file where the manifest of the files belongs`);
}

/** @returns whether the path has this file now; otherwise it has another one */
async function copyFile(path: string, claim: 'new' | 'held', copy: Copy): Promise<boolean> {
  const { connection, location, file, messageId, signal } = copy;
  if ((await connection.sizeOf(path, signal)) !== null) return claim === 'held' && (await hasContent(path, copy));
  const part = `${location.folder}${partPrefix(messageId)}${randomUUID().slice(0, 8)}.part`;
  try {
    await upload(part, copy);
    const stored = await connection.sizeOf(part, signal);
    if (stored !== null && stored !== file.size) {
      throw new SftpAccessError(`The server at ${location.host} stored ${stored} of ${file.size} bytes`);
    }
    await connection.rename(part, path, signal);
    return true;
  } catch (error) {
    await connection.discard(part);
    if (signal.aborted || (await connection.sizeOf(path, signal).catch(() => null)) === null) throw error;
    // The rename failed because the path exists by now: another attempt at this message may have been faster.
    return hasContent(path, copy);
  }
}

async function upload(part: string, { connection, file, signal }: Copy): Promise<void> {
  const source = await file.open();
  try {
    await connection.write(part, Readable.from(verifiedBytes(source, file), { objectMode: false }), signal);
  } finally {
    source.on('error', () => undefined).destroy();
  }
}

/**
 * Whether the file at a path that this export claimed has its content. Where the user may write and not read, the size has to
 * suffice.
 */
async function hasContent(path: string, { connection, file, signal }: Copy): Promise<boolean> {
  if ((await connection.sizeOf(path, signal)) !== file.size) return false;
  try {
    return (await connection.sha256Of(path, signal)) === file.sha256;
  } catch (error) {
    if (isPermissionDenied(error)) return true;
    throw error;
  }
}

/** Parts are left behind when a process or connection ends during an upload. */
async function removeEarlierParts({ connection, location, messageId, signal }: Copy): Promise<void> {
  try {
    await connection.removeByPrefix(location.folder, partPrefix(messageId), signal);
  } catch (error) {
    // Not every user may list the folder.
    if (!isPermissionDenied(error)) throw error;
  }
}

function partPrefix(messageId: string): string {
  return `.${messageId}-`;
}

export const sftpRegistration: ChannelRegistration = {
  descriptor: sftpDescriptor,
  implementation: SftpChannel,
  providers: [SftpPlanner, SftpConnections],
};
