import { Controller, Get, HttpStatus, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from '../auth/public.decorator';
import { Health, type Readiness } from './health';
import { Metrics } from './metrics';
import { ThreadPoolWatch } from './thread-pool-watch';

/** For the orchestrator and for Prometheus; not part of the public API. */
@ApiExcludeController()
@Public()
@Controller({ version: VERSION_NEUTRAL })
export class HealthController {
  private rendering: Promise<string> | undefined;

  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
    private readonly threadPool: ThreadPoolWatch,
  ) {}

  /** Fails only when a restart helps, not while the database, the queue or the storage is unreachable. */
  @Get('health/live')
  live(@Res({ passthrough: true }) response: Response): { status: 'alive' | 'stuck' } {
    if (!this.threadPool.isStuck) return { status: 'alive' };
    response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'stuck' };
  }

  @Get('health/ready')
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const readiness = await this.health.readiness();
    response.status(readiness.status === 'ready' ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return readiness;
  }

  @Get('metrics')
  async prometheus(@Res() response: Response): Promise<void> {
    response.type(this.metrics.registry.contentType).send(await this.renderMetrics());
  }

  /** Concurrent requests share one collection. */
  private renderMetrics(): Promise<string> {
    this.rendering ??= this.metrics.registry.metrics().finally(() => {
      this.rendering = undefined;
    });
    return this.rendering;
  }
}
