import { Global, Module } from '@nestjs/common';
import { Config, type S3StorageConfig } from '../config/config';
import { Health } from '../observability/health';
import { DiskStorage } from './disk-storage';
import { FileStorage } from './file-storage';

@Global()
@Module({
  providers: [
    {
      provide: FileStorage,
      inject: [Config, Health],
      useFactory: async ({ storage: settings, http }: Config, health: Health): Promise<FileStorage> => {
        const storage =
          settings.kind === 's3'
            ? await s3Storage(settings)
            : new DiskStorage({ directory: settings.directory, publicUrl: http.publicUrl });
        health.register('storage', () => storage.check());
        return storage;
      },
    },
  ],
  exports: [FileStorage],
})
export class StorageModule {}

/** The AWS SDK loads slowly, so it is loaded only when it is needed. */
async function s3Storage(settings: S3StorageConfig): Promise<FileStorage> {
  const { S3Storage } = await import('./s3-storage.ts');
  return new S3Storage(settings);
}
