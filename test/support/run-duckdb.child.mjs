// Runs statements with DuckDB in the working directory, and prints the rows of each as JSON.
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
await connection.run(`SET TimeZone = 'UTC'`);
const results = [];
for (const statement of process.argv.slice(2)) results.push((await connection.runAndReadAll(statement)).getRowsJson());
process.stdout.write(JSON.stringify(results));
