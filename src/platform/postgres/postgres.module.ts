import { Global, Module } from '@nestjs/common';
import { ExportDatabase } from './export-database';

@Global()
@Module({ providers: [ExportDatabase], exports: [ExportDatabase] })
export class PostgresModule {}
