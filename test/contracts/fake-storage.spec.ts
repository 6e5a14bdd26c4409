import { FakeFileStorage } from '../fakes/file-storage.fake';
import { describeFileStorage } from './file-storage.contract';

describeFileStorage(
  'FakeFileStorage',
  () => {
    const storage = new FakeFileStorage();
    return Promise.resolve({
      storage,
      unfinishedUploads: async (prefix) => {
        const found: string[] = [];
        for await (const { key } of storage.listUploads(prefix)) found.push(key);
        return found;
      },
      end: () => Promise.resolve(),
    });
  },
  { outlivesProcesses: false },
);
