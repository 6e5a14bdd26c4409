// @ts-check
// node download.child.mjs <url> <token> <id>: reads the file with the client, and prints its hash and the memory of this process.
import { createHash } from 'node:crypto';
import { createClient } from '@export-service/client';

const [baseUrl = '', token = '', id = ''] = process.argv.slice(2);
let breaks = 0;
const client = createClient({
  baseUrl,
  token,
  onRetry: () => {
    breaks += 1;
  },
});
const record = await client.exports.get(id);
const before = process.resourceUsage().maxRSS;
const hash = createHash('sha256');
for await (const bytes of await client.exports.download(record)) hash.update(bytes);
const growth = (process.resourceUsage().maxRSS - before) * 1024;
console.log(JSON.stringify({ isEqual: hash.digest('hex') === record.sha256, breaks, growth }));
