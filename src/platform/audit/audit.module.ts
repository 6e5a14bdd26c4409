import { Module } from '@nestjs/common';
import { AuditMaintenance } from './audit-maintenance';

@Module({ providers: [AuditMaintenance] })
export class AuditModule {}
