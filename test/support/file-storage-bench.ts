import { Readable } from 'node:stream';
import type { ByteRange, FileStorage, UnfinishedUpload } from '../../src/platform/storage/file-storage';
import { bytes, KB, MB, text } from './bytes';
import type { StorageKind } from './put-process.child';
import { until } from './until';

export interface StorageUnderTest {
  readonly storage: FileStorage;
  /** How another process makes the same storage, where it can. */
  readonly kind?: StorageKind;
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

  get kind(): StorageKind {
    if (!this.test.kind) throw new Error(`No other process has the ${this.name}`);
    return this.test.kind;
  }

  async uploads(prefix = `${this.home}/`): Promise<UnfinishedUpload[]> {
    const found: UnfinishedUpload[] = [];
    for await (const upload of this.storage.listUploads(prefix)) found.push(upload);
    return found;
  }

  /** Begins to store a file whose body waits for `finish` after its first parts. */
  async beginPut(key: string): Promise<{ finish: () => void; done: Promise<number> }> {
    let finish: () => void = () => undefined;
    const mayEnd = new Promise<void>((resolve) => (finish = resolve));
    async function* body() {
      yield* bytes(11 * MB);
      await mayEnd;
      yield* bytes(KB);
    }
    const done = this.storage.put(key, body(), asText);
    done.catch(() => undefined);
    await until('the upload is under way', async () => (await this.test.unfinishedUploads(key)).length > 0);
    return { finish, done };
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
