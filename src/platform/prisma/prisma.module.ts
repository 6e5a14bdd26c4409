import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config';
import { Health } from '../observability/health';
import { PrismaService } from './prisma.service';

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
  ],
  exports: [PrismaService],
})
export class PrismaModule {}
