import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { type Context, findApi, openClient } from '../context.js';
import { UsageError } from '../errors.js';
import { addExamples, type Run } from './command.js';

export function addLoginCommands(program: Command, run: Run): void {
  const login = program
    .command('login')
    .description(
      'Store the address of the service and a token, for you alone. Reads the token from the terminal or the input.',
    )
    .action(run(storeLogin));
  addExamples(login, {
    'login --api https://exports.example.org': 'Type or paste the token; it is not shown',
    'login --api https://exports.example.org < token.txt': 'Read the token from a file',
  });

  const logout = program
    .command('logout')
    .description('Delete the stored token.')
    .action(run(({ loginFile }) => loginFile.remove()));
  addExamples(logout, { logout: 'Forget the token' });
}

/** Stores the token only after the service has accepted it. */
async function storeLogin(context: Context): Promise<void> {
  const { options, loginFile, output } = context;
  const api = await findApi(context);
  const token = (options.token ?? (await askForToken(context, api))).trim();
  if (!token) throw new UsageError('There is no token: paste it, or use --token or the input of the command.');
  const client = await openClient({ ...context, options: { ...options, api, token } });
  await client.exports.list({ limit: 1 });
  await loginFile.write({ api, token });
  output.result({ api, path: loginFile.path }, () => `Logged in to ${api}. The token is in ${loginFile.path}.`);
}

async function askForToken({ streams }: Context, api: string): Promise<string> {
  if (!streams.stdin.isTTY) return text(streams.stdin);
  streams.stderr.write(`Token for ${api}: `);
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const terminal = createInterface({ input: streams.stdin, output: silent, terminal: true });
  try {
    // The terminal turns Ctrl-C into a key while it is read.
    terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    return await terminal.question('');
  } finally {
    terminal.close();
    streams.stderr.write('\n');
  }
}
