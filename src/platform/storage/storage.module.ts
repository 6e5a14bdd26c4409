import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config';
import { Health } from '../observability/health';
import { DiskStorage } from './disk-storage';
import { FileStorage } from './file-storage';
import { S3Storage } from './s3-storage';

@Global()
@Module({
  providers: [
    {
      provide: FileStorage,
      inject: [Config, Health],
      useFactory: ({ storage: settings, http }: Config, health: Health): FileStorage => {
        const storage =
          settings.kind === 's3'
            ? new S3Storage(settings)
            : new DiskStorage({ directory: settings.directory, publicUrl: http.publicUrl });
        health.register('storage', () => storage.check());
        return storage;
      },
    },
  ],
  exports: [FileStorage],
})
export class StorageModule {}
