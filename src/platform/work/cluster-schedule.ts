import { Injectable } from '@nestjs/common';
import { PrismaService } from '../database/prisma.service';

/** Lets one process at a time do what all of them together do once in a while. */
@Injectable()
export class ClusterSchedule {
  constructor(private readonly prisma: PrismaService) {}

  /** @returns the moment at which the turn was taken, by the database's clock; `null` when it is nobody's turn yet */
  async take(name: string, everySeconds: number): Promise<Date | null> {
    const [turn] = await this.prisma.$queryRaw<{ at: Date }[]>`
      INSERT INTO sweeps (name, last_run_at) VALUES (${name}, now())
      ON CONFLICT (name) DO UPDATE SET last_run_at = now()
        WHERE sweeps.last_run_at <= now() - make_interval(secs => ${everySeconds})
      RETURNING last_run_at AS at`;
    return turn?.at ?? null;
  }
}
