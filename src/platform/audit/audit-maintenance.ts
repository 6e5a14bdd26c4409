import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../config/config';
import { RepeatedWarnings } from '../observability/repeated-warnings';
import { PrismaService } from '../database/prisma.service';
import { ClusterSchedule } from '../work/cluster-schedule';
import { PeriodicTask } from '../work/periodic-task';
import { writePendingAggregates } from './aggregated-audit';

const PAUSE_MS = 15_000;
const MONTHS_INTERVAL_SECONDS = 86_400;

/** Writes aggregated entries that are due, and adds the next partitions of the audit log. Runs where jobs run. */
@Injectable()
export class AuditMaintenance implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly warnings = new RepeatedWarnings(new Logger(AuditMaintenance.name));
  private readonly task = new PeriodicTask(PAUSE_MS, () => this.maintain());

  constructor(
    private readonly config: Config,
    private readonly prisma: PrismaService,
    private readonly schedule: ClusterSchedule,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.task.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.task.stop();
  }

  private async maintain(): Promise<void> {
    try {
      await this.prisma.$transaction((transaction) => writePendingAggregates(transaction));
      // Partitions are created three months ahead, which leaves many days for retries.
      const isDue = await this.schedule.tryAcquire('audit-months', MONTHS_INTERVAL_SECONDS);
      if (isDue) await this.prisma.$queryRaw`SELECT export_audit_log_add_months() AS added`;
    } catch (error) {
      this.warnings.report('The audit log could not be maintained; the maintenance is retried', error, {
        event: 'audit_log.maintenance_failed',
      });
    }
  }
}
