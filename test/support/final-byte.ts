import type { DownloadLease } from '../../src/export/model/domain/interfaces/download-lease.repository';
import type { RecordsUnderTest } from './records-under-test';
import { until } from './until';

/** Marks that the last byte of a one-time file is sent, waits until the record shows it, and renews the lease. */
export async function sendLastByte(records: RecordsUnderTest, lease: DownloadLease): Promise<void> {
  const marker = await records.downloads.prepareCompletion(lease, 1);
  marker!.mark();
  marker!.close();
  // While the extended lease lasts, a prepared file looks the same. Only the marker outlives it.
  await records.advance(2);
  await until('the marker is visible', async () => (await records.exports.find(lease.exportId))?.isDownloadCompleting);
  await records.downloads.beat(lease);
}
