import type { VerifiableFile } from '../../verify/index.js';
import { UsageError } from '../errors.js';
import { openLocalStore } from './local-store.js';
import { openS3Store } from './s3-store.js';
import { openUrlStore } from './url-store.js';

/** A folder of files: on a disk, in a bucket, or on a web server. */
export interface FileStore {
  /** The file with a name, if there is one. */
  find(name: string): Promise<VerifiableFile | undefined>;
  /** All files, also those in folders below. */
  list(): Promise<VerifiableFile[]>;
}

/** What a command line names: a folder, or a file in it. */
export interface Place {
  readonly store: FileStore;
  /** The name of the file; `null` for the folder. */
  readonly name: string | null;
}

/** @param text a path, `s3://bucket/key`, or a URL */
export async function openPlace(text: string): Promise<Place> {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return openLocalStore(text);
  if (scheme === 's3') return openS3Store(text);
  if (scheme === 'https' || scheme === 'http') return openUrlStore(text);
  throw new UsageError(`${text} cannot be read. Name a file, a folder, s3://bucket/key or https://….`);
}

/** The bytes of a file or a URL, which must be there. */
export async function openFile(text: string): Promise<VerifiableFile> {
  const { store, name } = await openPlace(text);
  const file = name === null ? undefined : await store.find(name);
  if (!file) throw new UsageError(`${text} is no file, or it does not exist.`);
  return file;
}
