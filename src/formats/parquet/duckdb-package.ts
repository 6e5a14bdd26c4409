import { createRequire } from 'node:module';

/** Whether DuckDB, an optional dependency, is installed for this platform. It is loaded in processes of its own alone. */
export function isDuckDbInstalled(): boolean {
  if (process.platform === 'win32') return false;
  const bindings = `@duckdb/node-bindings-${process.platform}-${process.arch}`;
  return (
    canResolve('@duckdb/node-api') && [bindings, `${bindings}-musl`].some((name) => canResolve(`${name}/duckdb.node`))
  );
}

function canResolve(name: string): boolean {
  try {
    createRequire(__filename).resolve(name);
    return true;
  } catch {
    return false;
  }
}
