/** What dashboards and alerts know of each metric: `exports_total counter {format,kind,status}`. */
export function metricLines(text: string): string[] {
  const labels = new Map<string, Set<string>>();
  const types = new Map([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name!, type!]));
  for (const [, series, given = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const name = types.has(series!) ? series! : series!.replace(/_(bucket|count|sum)$/, '');
    const known = labels.get(name) ?? new Set();
    for (const [, label] of given.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) if (label !== 'le') known.add(label!);
    labels.set(name, known);
  }
  return [...types].map(([name, type]) => `${name} ${type} {${[...(labels.get(name) ?? [])].sort().join(',')}}`).sort();
}
