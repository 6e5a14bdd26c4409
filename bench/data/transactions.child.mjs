// @ts-check
// node transactions.child.mjs <database> <clients> <milliseconds> <accounts>: transactions like those of TPC-B, as pgbench has them, by so
// many clients. Prints how many milliseconds each took, as JSON.
import pg from 'pg';

const [databaseUrl, clients = '', milliseconds = '', accounts = ''] = process.argv.slice(2);
const end = performance.now() + Number(milliseconds);
/** @type {number[]} */
const taken = [];
await Promise.all(Array.from({ length: Number(clients) }, run));
console.log(JSON.stringify(taken));

async function run() {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  while (performance.now() < end) {
    const account = 1 + Math.floor(Math.random() * Number(accounts));
    const [branch, delta] = [(account % 10) + 1, Math.floor(Math.random() * 10_000) - 5_000];
    const startedAt = performance.now();
    await client.query('BEGIN');
    await client.query('UPDATE bench_accounts SET balance = balance + $1 WHERE id = $2', [delta, account]);
    await client.query('SELECT balance FROM bench_accounts WHERE id = $1', [account]);
    await client.query('UPDATE bench_branches SET balance = balance + $1 WHERE id = $2', [delta, branch]);
    await client.query('INSERT INTO bench_history (account, branch, delta) VALUES ($1, $2, $3)', [
      account,
      branch,
      delta,
    ]);
    await client.query('COMMIT');
    taken.push(performance.now() - startedAt);
  }
  await client.end();
}
