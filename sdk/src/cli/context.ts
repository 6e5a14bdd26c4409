import { createClient, type ExportClient, type Locale } from '../index.js';
import { CommandError, ExitCode, toWords, UsageError } from './errors.js';
import type { Interruption } from './interruption.js';
import type { LoginFile } from './login-file.js';
import type { Output, Streams } from './output.js';
import { formatDuration } from './progress-bar.js';

/** The options that every command has. */
export interface GlobalOptions {
  readonly api?: string;
  readonly token?: string;
  readonly json?: boolean;
  /** For how many seconds a request is repeated while the service is away. */
  readonly retry: number;
}

/** What commands work with. */
export interface Context {
  readonly environment: NodeJS.ProcessEnv;
  readonly streams: Streams & { readonly stdin: NodeJS.ReadStream };
  readonly loginFile: LoginFile;
  readonly interruption: Interruption;
  readonly locale: Locale;
  readonly output: Output;
  readonly options: GlobalOptions;
}

/** The address of the service: `--api`, the environment, or the service of the login. */
export async function findApi({ options, environment, loginFile }: Context): Promise<string> {
  const api = options.api ?? (environment['EXPORT_SERVICE_URL'] || (await loginFile.read())?.api);
  if (!api) throw new UsageError('Name the service: --api https://…, EXPORT_SERVICE_URL, or `export-service login`.');
  return toBaseUrl(api);
}

/** A client of the service, with the token of the command line, the environment or the login file. */
export async function openClient(context: Context): Promise<ExportClient> {
  const { options, output, locale } = context;
  const api = await findApi(context);
  return createClient({
    baseUrl: api,
    token: await findToken(context, api),
    retryTimeoutMs: options.retry * 1000,
    onRetry: ({ error, delayMs }) => {
      output.note(`${toWords(error, locale)} Trying again in ${formatDuration(delayMs / 1000)}.`);
    },
  });
}

async function findToken({ options, environment, loginFile }: Context, api: string): Promise<string> {
  const token = options.token ?? environment['EXPORT_SERVICE_TOKEN'];
  if (token) return token;
  const login = await loginFile.read();
  // A token must not reach a service that it is not for.
  if (login && toBaseUrl(login.api) === api) return login.token;
  const reason = login ? `The login is for ${login.api}, not for ${api}.` : 'There is no token.';
  const text = `${reason} Run \`export-service login --api ${api}\`, or use --token or EXPORT_SERVICE_TOKEN.`;
  throw new CommandError(text, ExitCode.Unauthorized);
}

/** The origin and path of the service, whether `/api/v1` was named or not. */
export function toBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(
      `${JSON.stringify(text)} is not the address of a service. Write it like https://exports.example.org.`,
    );
  }
  return (url.origin + url.pathname).replace(/\/+$/, '').replace(/\/api(\/v1)?$/, '');
}

const LOCALES: readonly Locale[] = ['en', 'uk', 'ru'];

/** The language of errors, by the variables of POSIX. */
export function findLocale({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): Locale {
  const name = LC_ALL || LC_MESSAGES || LANG || '';
  return LOCALES.find((locale) => name.split(/[_.@]/)[0] === locale) ?? 'en';
}
