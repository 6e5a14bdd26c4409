import { Logger } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Config } from '../../src/platform/config/config';
import { TEST_LINK_SECRET, TEST_SECRET } from './tokens';

/** The configuration of a test. By default, it names a database that does not exist. */
export function testConfig(environment: Readonly<Record<string, string>> = {}): Config {
  return Config.from({
    DATABASE_URL: 'postgres://localhost/nowhere',
    JWT_SECRET: TEST_SECRET,
    LINK_SECRET: TEST_LINK_SECRET,
    EXPORT_LEASE_SECONDS: '10',
    RETENTION_DAYS: '7',
    SHUTDOWN_GRACE_SECONDS: '5',
    DOWNLOAD_LEASE_SECONDS: '10',
    DOWNLOAD_ACK_TIMEOUT_SECONDS: '30',
    POLL_INTERVAL_MS: '2000',
    ...environment,
  });
}

/** Metrics of one service, without those of the process, and what they show. */
export class TestMetrics {
  readonly registry = new Registry();

  /** The value of a series; `undefined` where it is not there. */
  async value(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    const metric = await this.registry.getSingleMetric(name)?.get();
    const wanted = Object.entries(labels);
    return metric?.values.find((series) => wanted.every(([label, value]) => series.labels[label] === value))?.value;
  }
}

/** What services log is not what their tests are about. */
export function silenceLogs(): void {
  Logger.overrideLogger(false);
}
