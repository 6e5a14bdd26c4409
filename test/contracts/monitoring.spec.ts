import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../support/installation';
import { metricsOf } from '../support/metrics';

const FOLDER = join(__dirname, '../../docs/monitoring');
const DASHBOARD = readFileSync(join(FOLDER, 'grafana-dashboard.json'), 'utf8');
const ALERTS = readFileSync(join(FOLDER, 'alerts.yml'), 'utf8');

/** What Prometheus knows of a process by itself. */
const OF_PROMETHEUS = ['up'];

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly gridPos: { readonly x: number; readonly w: number };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
}

const dashboard = JSON.parse(DASHBOARD) as Dashboard;
const panels = dashboard.panels.filter(({ type }) => type !== 'row');

/** Each alert by its name, with the lines that belong to it. */
const alerts = ALERTS.split(/^ {6}- alert: /m)
  .slice(1)
  .map((text): [string, string] => [text.slice(0, text.indexOf('\n')), text]);

/** The names of metrics in an expression: words that are neither labels, nor functions, nor operators. */
function metricsIn(expression: string): string[] {
  const bare = expression
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const words = [...bare.matchAll(/(?<![\w.$])([a-z_]\w*)\b(?!\s*\()/gi)].map(([, word]) => word!);
  return words.filter((word) => !['and', 'or', 'unless', 'bool', 'offset'].includes(word));
}

function expressionOf(alert: string): string {
  return /^ {8}expr: (.+)$/m.exec(alert)?.[1] ?? '';
}

describe('The monitoring files', () => {
  let known: Set<string>;

  beforeAll(async () => {
    const { installation, service } = await Installation.withService({ STORAGE: 'disk' });
    const metrics = await metricsOf(service);
    await installation.remove();
    known = new Set(
      [...metrics.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name, type]) => seriesOf(name!, type!)),
    );
  });

  const seriesOf = (name: string, type: string) =>
    type === 'histogram' ? ['_bucket', '_count', '_sum'].map((part) => name + part) : [name];

  const expectKnown = (expression: string) => {
    const names = metricsIn(expression);
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !known.has(name) && !OF_PROMETHEUS.includes(name))).toEqual([]);
  };

  it.each([
    ['sum by (le, format) (rate(a_bucket{b="c d", e=~"f|g"}[5m])) / max(h) > 1.5e9', ['a_bucket', 'h']],
    ['max(a) > 0 and on () max(b{c="d"}) == 0 or vector(0)', ['a', 'b']],
    ['60 * rate(a_total{b=~"$b"}[$__rate_interval])', ['a_total']],
  ])('are covered by this test: %s', (expression, names) => {
    expect(metricsIn(expression)).toEqual(names);
  });

  it.each(panels.map((panel): [string, Panel] => [panel.title, panel]))(
    'show existing metrics with a unit and a description: %s',
    (_, { targets = [], datasource, description, fieldConfig, gridPos }) => {
      expect(targets).not.toEqual([]);
      for (const { expr } of targets) expectKnown(expr);
      expect([datasource, ...targets.map((target) => target.datasource)].map((source) => source?.uid)).toEqual(
        Array(targets.length + 1).fill('${datasource}'),
      );
      expect(fieldConfig?.defaults.unit).toBeTruthy();
      expect(description?.length).toBeGreaterThan(10);
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    },
  );

  it('contain a dashboard that can be imported anywhere', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39);
    expect(dashboard.templating.list).toContainEqual(
      expect.objectContaining({ name: 'datasource', type: 'datasource' }),
    );
    expect(panels.length).toBeGreaterThan(20);
  });

  it.each(alerts)('alert on existing metrics and say what to do: %s', (_, alert) => {
    expectKnown(expressionOf(alert));
    expect(alert).toMatch(/^ {8}for: \d+[mh]$/m);
    expect(alert).toMatch(/^ {10}severity: (warning|critical)$/m);
    expect(alert).toMatch(/^ {10}summary: \S.{10,}$/m);
    expect(alert).toMatch(/^ {10}description: >-\n {12}\S.{20,}$/m);
  });

  it('have a distinct name for each alert', () => {
    const names = alerts.map(([name]) => name);

    expect(names.length).toBeGreaterThan(12);
    expect(new Set(names).size).toBe(names.length);
  });
});
