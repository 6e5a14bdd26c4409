import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../config/config';
import { RepeatedWarnings } from '../observability/repeated-warnings';
import { PrismaService } from '../prisma/prisma.service';
import { Rounds } from '../time/rounds';
import { writePendingAggregates } from './aggregated-audit';

const PAUSE_MS = 15_000;

/** Writes the counts that are due to the audit log, in processes that run jobs. */
@Injectable()
export class AuditMaintenance implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly warnings = new RepeatedWarnings(new Logger(AuditMaintenance.name));
  private readonly rounds = new Rounds(PAUSE_MS, () => this.round());

  constructor(
    private readonly config: Config,
    private readonly prisma: PrismaService,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.rounds.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  private async round(): Promise<void> {
    try {
      await this.prisma.$transaction((transaction) => writePendingAggregates(transaction));
    } catch (error) {
      this.warnings.report('The audit log could not be maintained; it is tried again', error, {
        event: 'audit_log.maintenance_failed',
      });
    }
  }
}
