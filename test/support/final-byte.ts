import type { DownloadLease } from '../../src/export/model/domain/interfaces/download-lease.repository';
import type { RecordsUnderTest } from './records-under-test';
import { until } from './until';

/** Sends the last byte of a one-time file, waits until the records say so, and renews the lease of its download. */
export async function sendLastByte(records: RecordsUnderTest, lease: DownloadLease): Promise<void> {
  const marker = await records.downloads.prepareCompletion(lease, 1);
  marker!.mark();
  marker!.close();
  // While that lease lasts a prepared file looks the same: the mark alone outlives it.
  await records.advance(2);
  await until('the mark is seen', async () => (await records.exports.find(lease.exportId))?.isDownloadCompleting);
  await records.downloads.beat(lease);
}
