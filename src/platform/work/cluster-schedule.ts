import { Injectable } from '@nestjs/common';
import { PrismaService } from '../database/prisma.service';

/** Runs periodic work once for all processes: the first process whose turn it is acquires the period. */
@Injectable()
export class ClusterSchedule {
  constructor(private readonly prisma: PrismaService) {}

  /** @returns the database's time of the acquisition; `null` when the work is not due yet */
  async tryAcquire(name: string, everySeconds: number): Promise<Date | null> {
    const [acquired] = await this.prisma.$queryRaw<{ at: Date }[]>`
      INSERT INTO sweeps (name, last_run_at) VALUES (${name}, now())
      ON CONFLICT (name) DO UPDATE SET last_run_at = now()
        WHERE sweeps.last_run_at <= now() - make_interval(secs => ${everySeconds})
      RETURNING last_run_at AS at`;
    return acquired?.at ?? null;
  }
}
