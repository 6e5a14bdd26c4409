import { Readable } from 'node:stream';
import type { ByteRange, FileStorage } from '../../src/platform/storage/file-storage';
import { text } from './bytes';
import type { StorageKind } from './put-process.child';

export interface StorageUnderTest {
  readonly storage: FileStorage;
  /** How another process makes the same storage. */
  readonly kind: StorageKind;
  /** Looks for unfinished uploads by other means than the adapter's. */
  unfinishedUploads(prefix: string): Promise<string[]>;
  end(): Promise<void>;
}

export const asText = { contentType: 'text/plain' };

/** A storage and a place in it for one test. */
export class FileStorageBench {
  test!: StorageUnderTest;
  /** Every key of the test begins with it and a slash. */
  home = '';

  constructor(readonly name: string) {}

  get storage(): FileStorage {
    return this.test.storage;
  }

  put(key: string, content: string): Promise<number> {
    return this.storage.put(key, Readable.from([Buffer.from(content)]), asText);
  }

  async read(key: string, range?: ByteRange): Promise<string> {
    return text(await this.storage.open(key, range));
  }

  async keys(prefix: string): Promise<string[]> {
    const found: string[] = [];
    for await (const file of this.storage.list(prefix)) found.push(file.key);
    return found;
  }

  async expectNothing(prefix: string): Promise<void> {
    expect(await this.keys(prefix)).toEqual([]);
    expect(await this.test.unfinishedUploads(prefix)).toEqual([]);
  }
}
