import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Environment } from './environment';

/** What is always needed. */
const NEEDED: Record<string, string> = {
  DATABASE_URL: 'postgresql://exports:pass@db.example.com:5432/exports',
  JWT_SECRET: 'j'.repeat(32),
  LINK_SECRET: 'l'.repeat(32),
};

describe('.env.example', () => {
  const text = readFileSync(join(__dirname, '../../../.env.example'), 'utf8');
  const lines = [...text.matchAll(/^#?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value = '']) => ({
    name,
    value,
  }));

  it('names every variable exactly once', () => {
    expect(lines.map(({ name }) => name).sort()).toEqual([...Environment.names].sort());
  });

  it('shows the actual default of each variable', () => {
    const defaults: Record<string, unknown> = Environment.parse(NEEDED);
    const shown = lines.filter(({ name, value }) => value !== '' && !(name in NEEDED) && defaults[name] !== undefined);

    const parsed: Record<string, unknown> = Environment.parse({
      ...NEEDED,
      ...Object.fromEntries(shown.map(({ name, value }) => [name, value])),
    });

    expect(parsed).toEqual(defaults);
    expect(shown.length).toBeGreaterThan(10);
  });

  it('shows valid examples', () => {
    const examples = Object.fromEntries(
      lines.filter(({ value }) => value !== '').map(({ name, value }) => [name, value]),
    );

    expect(() => Environment.parse({ ...NEEDED, ...examples })).not.toThrow();
  });
});
