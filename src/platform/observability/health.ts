import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from './metrics';

const CHECK_TIMEOUT_MS = 2_000;

export interface Readiness {
  readonly status: 'ready' | 'not-ready';
  readonly checks: Readonly<Record<string, 'ok' | 'failed'>>;
}

/** Whether the process can do its work now. What it depends on registers a check. */
@Injectable()
export class Health {
  private readonly checks = new Map<string, () => Promise<unknown>>();
  private leaving = false;

  constructor({ registry }: Metrics) {
    const readiness = () => this.readiness();
    new Gauge({
      name: 'dependency_up',
      help: 'Whether this process reaches what it depends on: 1 or 0',
      labelNames: ['dependency'],
      registers: [registry],
      async collect() {
        const { checks } = await readiness();
        for (const [dependency, result] of Object.entries(checks)) this.set({ dependency }, result === 'ok' ? 1 : 0);
      },
    });
  }

  register(name: string, check: () => Promise<unknown>): void {
    this.checks.set(name, check);
  }

  /** From now on not ready, so that a load balancer sends nothing more. */
  leave(): void {
    this.leaving = true;
  }

  async readiness(): Promise<Readiness> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, (await succeeds(check)) ? 'ok' : 'failed'] as const),
    );
    const ready = !this.leaving && results.every(([, result]) => result === 'ok');
    return { status: ready ? 'ready' : 'not-ready', checks: Object.fromEntries(results) };
  }
}

async function succeeds(check: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, CHECK_TIMEOUT_MS);
  });
  const outcome = check().then(
    () => true,
    () => false,
  );
  return Promise.race([outcome, timeout]).finally(() => {
    clearTimeout(timer);
  });
}
