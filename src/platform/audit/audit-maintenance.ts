import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../config/config';
import { RepeatedWarnings } from '../observability/repeated-warnings';
import { PrismaService } from '../database/prisma.service';
import { ClusterSchedule } from '../work/cluster-schedule';
import { PeriodicTask } from '../work/periodic-task';
import { writePendingAggregates } from './aggregated-audit';

const PAUSE_MS = 15_000;
const MONTHS_INTERVAL_SECONDS = 86_400;

/** Writes the counts that are due to the audit log, and adds its next partitions, in processes that run jobs. */
@Injectable()
export class AuditMaintenance implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly warnings = new RepeatedWarnings(new Logger(AuditMaintenance.name));
  private readonly rounds = new PeriodicTask(PAUSE_MS, () => this.round());

  constructor(
    private readonly config: Config,
    private readonly prisma: PrismaService,
    private readonly turns: ClusterSchedule,
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
      // Each partition is made three months ahead, so a failure has many days to be repeated in.
      const isDue = await this.turns.take('audit-months', MONTHS_INTERVAL_SECONDS);
      if (isDue) await this.prisma.$queryRaw`SELECT export_audit_log_add_months() AS added`;
    } catch (error) {
      this.warnings.report('The audit log could not be maintained; it is tried again', error, {
        event: 'audit_log.maintenance_failed',
      });
    }
  }
}
