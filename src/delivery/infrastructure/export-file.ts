import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type Export, ExportsForDelivery } from '../../export';
import { ProductionForDelivery } from '../../production';
import { DomainError } from '../../platform/errors/domain-error';
import type { ClaimedMessage } from '../model/domain/claimed-message';
import { DeliveryRefusedError } from '../model/domain/interfaces/delivery-channel';
import type { TransferProgress } from '../model/domain/transfer-progress';

/** A slower copy is aborted, because a slow receiver would occupy a slot for hours. */
const MIN_BYTES_PER_SECOND = 100_000;
const MIN_TIMEOUT_MS = 300_000;

/** A file to copy, as the record of its export describes it. */
export interface ExportFile {
  readonly exportId: string;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
  /** Counts the bytes as they are read. */
  readonly progress: TransferProgress;
  /** @throws DeliveryRefusedError when the file was deleted */
  open(): Promise<Readable>;
}

/** A file to copy, and the manifest that is copied after it. */
export interface CopiedExport {
  readonly source: Export;
  readonly file: ExportFile;
  /** `null` if the export has none. */
  readonly manifest: ExportFile | null;
  /** The files that it consists of, which are copied in place of the one file; `null` for a single file. */
  readonly parts: (() => AsyncIterable<ExportPart>) | null;
}

/** One of the files of an export. */
export interface ExportPart extends ExportFile {
  /** With its folder. */
  readonly name: string;
}

/** The name of the manifest in a folder of several files. It is written last: a folder with a manifest is complete. */
export const MANIFEST_NAME = 'manifest.json';

/** The path of the manifest of a file that was copied. */
export function manifestPath(path: string): string {
  return `${path}.manifest.json`;
}

/** Our own file cannot be read, or differs from its record. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
}

/** Finds the files to copy. */
@Injectable()
export class ExportFiles {
  constructor(
    private readonly exports: ExportsForDelivery,
    private readonly production: ProductionForDelivery,
  ) {}

  /** @throws DeliveryRefusedError when the export or its file was deleted */
  async find({ exportId }: ClaimedMessage, progress: TransferProgress): Promise<CopiedExport> {
    const source = exportId === null ? null : await this.exports.find(exportId);
    if (!source) throw new DeliveryRefusedError('The export no longer exists');
    const { id, object, fileSize: size, sha256 } = source;
    if (!object || size === null || sha256 === null) throw fileDeletedError();
    const open = () => unlessDeleted(this.exports.open(source));
    const file = { exportId: id, contentType: object.contentType, size, sha256, progress, open };
    const parts = source.partCount === null ? null : () => this.findParts(source, progress);
    return { source, file, manifest: await this.findManifest(source, progress), parts };
  }

  private async *findParts(source: Export, progress: TransferProgress): AsyncGenerator<ExportPart> {
    for await (const { number, name, contentType, size, sha256 } of this.production.partsOf(source)) {
      const open = () => unlessDeleted(this.production.openPart(source, number));
      yield { exportId: source.id, name, contentType, size, sha256, progress, open };
    }
  }

  private async findManifest(source: Export, progress: TransferProgress): Promise<ExportFile | null> {
    const manifest = await this.production.manifestOf(source);
    if (!manifest) return null;
    const bytes = Buffer.from(manifest.text);
    const open = () => Promise.resolve(Readable.from([bytes]));
    const { id: exportId } = source;
    const { sha256 } = manifest;
    return { exportId, contentType: 'application/json', size: bytes.length, sha256, progress, open };
  }
}

/** The bytes of the file, and an error instead of their end when they differ from the record. */
export async function* verifiedBytes(
  source: Readable,
  { size, sha256, progress }: ExportFile,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let read = 0;
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      read += chunk.byteLength;
      yield chunk;
      progress.add(chunk.byteLength);
    }
  } catch (error) {
    throw new UnreadableFileError('The file of the export could not be read', { cause: error });
  }
  if (read !== size || hash.digest('hex') !== sha256) {
    throw new UnreadableFileError('The file of the export is not the one that was recorded');
  }
}

/** Aborts when a copy of the file takes too long. */
export function copyTimeout({ size }: ExportFile): AbortSignal {
  return AbortSignal.timeout(Math.round(MIN_TIMEOUT_MS + (size / MIN_BYTES_PER_SECOND) * 1000));
}

async function unlessDeleted(opening: Promise<Readable>): Promise<Readable> {
  try {
    return await opening;
  } catch (error) {
    throw error instanceof DomainError ? fileDeletedError() : error;
  }
}

function fileDeletedError(): DeliveryRefusedError {
  return new DeliveryRefusedError('The file was deleted before it could be copied');
}
