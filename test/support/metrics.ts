import type { Host } from './installation';

/** All that a process shows to Prometheus. */
export async function metricsOf({ url }: Host): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

/** The value of one series, added up over processes; a process that does not have it adds nothing. */
export async function total(series: string, ...services: readonly Host[]): Promise<number> {
  const texts = await Promise.all(services.map(metricsOf));
  const values = texts.map((text) => text.split('\n').find((line) => line.startsWith(`${series} `)));
  return values.reduce((sum, line) => sum + Number(line?.slice(series.length) ?? 0), 0);
}
