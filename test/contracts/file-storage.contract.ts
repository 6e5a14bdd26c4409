import { randomUUID } from 'node:crypto';
import { FileStorageBench, type StorageUnderTest } from '../support/file-storage-bench';
import { describeFiles } from './file-storage-files.contract';
import { describeLateAbort, describePutting } from './file-storage-put.contract';
import { describeOtherProcesses } from './file-storage-processes.contract';
import { describeRemoval } from './file-storage-removal.contract';

/**
 * What every storage of files has to keep; `makeStorage` is called once.
 * @param outlivesProcesses whether other processes have the same storage, as they have not of one in memory
 */
export function describeFileStorage(
  name: string,
  makeStorage: () => Promise<StorageUnderTest>,
  { outlivesProcesses = true } = {},
): void {
  describe(name, () => {
    const bench = new FileStorageBench(name);

    beforeAll(async () => {
      bench.test = await makeStorage();
    });
    afterAll(() => bench.test.end());

    beforeEach(() => {
      bench.home = `contract/${randomUUID()}`;
    });
    afterEach(() => bench.storage.discard(`${bench.home}/`));

    describePutting(bench);
    describeFiles(bench);
    describeRemoval(bench);
    if (!outlivesProcesses) return;
    describeLateAbort(bench);
    describeOtherProcesses(bench);
  });
}
