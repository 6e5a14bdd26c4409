import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config';
import { Health } from '../observability/health';
import { ExportDatabase } from './export-database';
import { PrismaService } from './prisma.service';
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
    ExportDatabase,
    RateLimitUses,
  ],
  exports: [PrismaService, ExportDatabase, RateLimitUses],
})
export class DatabaseModule {}
