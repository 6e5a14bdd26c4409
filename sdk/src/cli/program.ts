import { Command, InvalidArgumentError, Option } from 'commander';
import { addExamples, type Run, type RunWithClient } from './commands/command.js';
import { addCompletionCommand } from './commands/completion.js';
import { addDataTypesCommand } from './commands/data-types.js';
import { addEventCommands } from './commands/events.js';
import { addExportCommands } from './commands/exports.js';
import { addLoginCommands } from './commands/login.js';
import { addScheduleCommands } from './commands/schedules.js';
import { addVerifyCommand } from './commands/verify.js';
import { type Context, type GlobalOptions, openClient } from './context.js';

const EXIT_CODES = `
Exit codes:
  0  done
  1  the export failed, or was cancelled by another client; a verified file is wrong
  2  the command line or the request is wrong; a file cannot be verified
  3  not authorised: no token, a wrong one, or not enough rights
  4  not found, or no longer there
  5  a rate limit is reached
  6  the service is unreachable
  7  a file exists, cannot be written, or arrived damaged
  130  interrupted by Ctrl-C
  141  the reader of the output left`;

/** The commands of `export-service`. */
export function createProgram(version: string, createContext: (options: GlobalOptions) => Context): Command {
  const program = new Command('export-service')
    .description('Export boards, rows and event results, and save their files.')
    .version(version)
    .option('--api <url>', 'the service (default: EXPORT_SERVICE_URL, or that of the login)')
    .option('--token <token>', 'a token (default: EXPORT_SERVICE_TOKEN, or that of the login)')
    .option('--json', 'print JSON lines, as it does where the output is not a terminal')
    .addOption(
      new Option('--retry <seconds>', 'how long to repeat requests while the service is away')
        .argParser(parseSeconds)
        .default(30),
    )
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('See --help.')
    .exitOverride()
    .addHelpText('after', EXIT_CODES);

  const run: Run =
    (act) =>
    async (...args) => {
      const command = args.pop() as Command;
      await act(createContext(command.optsWithGlobals()), ...(args as never));
    };
  const runWithClient: RunWithClient = (act) =>
    run(async (context, ...args) => act({ ...context, client: await openClient(context) }, ...(args as never)));

  addLoginCommands(program, run);
  addExportCommands(program, runWithClient);
  addDataTypesCommand(program, runWithClient);
  addScheduleCommands(program, runWithClient);
  addEventCommands(program, runWithClient);
  addVerifyCommand(program, run);
  addCompletionCommand(program, run);
  addExamples(program, {
    'login --api https://exports.example.org': 'Store the address of the service and your token',
    'export --data-types payments --format xlsx': 'Save rows as a workbook',
    'export --help': 'Show what a command can do',
  });
  return program;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds >= 0)) throw new InvalidArgumentError('It is a number of seconds.');
  return seconds;
}
