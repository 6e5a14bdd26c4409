// @ts-check
// A PostgreSQL server as a child of a test: node postgres-server.child.mjs <folder> <port>. Ends it on the end of its input.
import { startStack } from '../../dev/stack.mjs';

const [directory = '', port] = process.argv.slice(2);
const { databaseUrl, stop } = await startStack({ directory, persistent: true, fsync: false, port: Number(port) });
console.log(databaseUrl);
process.stdin.resume().on('end', () => void stop().then(() => process.exit(0)));
