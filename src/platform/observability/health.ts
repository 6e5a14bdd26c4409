import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from './metrics';
import { CoalescedQuery } from './coalesced-query';

/** Each dependency is checked at most once in this time. */
const MAX_AGE_MS = 1_000;

export interface Readiness {
  readonly status: 'ready' | 'not-ready';
  readonly checks: Readonly<Record<string, 'ok' | 'failed'>>;
}

/** Whether the process can work now. Each dependency registers a check. */
@Injectable()
export class Health {
  private readonly checks = new Map<string, CoalescedQuery<true>>();
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

  /** @param check rejects when the dependency is unreachable; it fails after two seconds */
  register(name: string, check: () => Promise<unknown>): void {
    const query = async () => {
      await check();
      return true as const;
    };
    this.checks.set(name, new CoalescedQuery(query, MAX_AGE_MS));
  }

  /** Makes the process not ready, so that load balancers send no more requests. */
  leave(): void {
    this.leaving = true;
  }

  async readiness(): Promise<Readiness> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, (await check.get()) ? 'ok' : 'failed'] as const),
    );
    const ready = !this.leaving && results.every(([, result]) => result === 'ok');
    return { status: ready ? 'ready' : 'not-ready', checks: Object.fromEntries(results) };
  }
}
