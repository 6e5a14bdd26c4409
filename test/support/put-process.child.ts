import { DiskStorage, type DiskStorageSettings } from '../../src/platform/storage/disk-storage';
import type { S3Settings } from '../../src/platform/storage/s3-client';
import { S3Storage } from '../../src/platform/storage/s3-storage';
import { bytes, KB, MB } from './bytes';

export type StorageKind = { adapter: 'disk'; settings: DiskStorageSettings } | { adapter: 's3'; settings: S3Settings };

export interface PutOrder {
  readonly kind: StorageKind;
  readonly key: string;
  readonly megabytes: number;
  /** After these megabytes the body gives nothing more, and does not end. */
  readonly thenHang: boolean;
}

async function* body({ megabytes, thenHang }: PutOrder): AsyncGenerator<Buffer> {
  yield* bytes(megabytes * MB);
  if (!thenHang) return;
  process.stdout.write('handed over');
  await new Promise((resolve) => setTimeout(resolve, 600_000));
}

async function main(order: PutOrder): Promise<void> {
  const { kind, key } = order;
  const storage = kind.adapter === 'disk' ? new DiskStorage(kind.settings) : new S3Storage(kind.settings);
  // The connection, the compiler's tables and the like are there before the measured put.
  await storage.put(`${key}.first`, bytes(KB), { contentType: 'text/plain' });
  const before = process.memoryUsage.rss();
  let highest = before;
  const watch = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 5);
  await storage.put(key, body(order), { contentType: 'text/plain' });
  clearInterval(watch);
  process.stdout.write(String(highest - before));
}

void main(JSON.parse(process.argv[2] ?? '') as PutOrder);
