import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config';
import { Health } from '../observability/health';
import { ExportDatabase } from './export-database';
import { PrismaService } from './prisma.service';
import { ReadAhead } from './read-ahead';
import { RateLimitUses } from './rate-limit-uses';

@Global()
@Module({
  providers: [
    {
      provide: PrismaService,
      inject: [Config, Health],
      useFactory: ({ database, role }: Config, health: Health) => {
        const prisma = new PrismaService(database.url, `export-service-${role}`);
        health.register('database', () => prisma.check());
        return prisma;
      },
    },
    {
      provide: ReadAhead,
      inject: [Config],
      useFactory: ({ exports }: Config) => ReadAhead.create(exports.pace),
    },
    ExportDatabase,
    RateLimitUses,
  ],
  exports: [PrismaService, ExportDatabase, ReadAhead, RateLimitUses],
})
export class DatabaseModule {}
