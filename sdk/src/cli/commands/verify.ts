import { relative } from 'node:path';
import type { Command } from 'commander';
import { describeFinding, isManifest, verify, type VerificationReport } from '../../verify/index.js';
import { readBytes } from '../../verify/verifiable-file.js';
import { type Context, findApi } from '../context.js';
import { CommandError, ExitCode, toWords, UsageError } from '../errors.js';
import { ProgressBar } from '../progress-bar.js';
import { openFile, openPlace } from '../verify/file-store.js';
import { gather } from '../verify/gather.js';
import { toReportText } from '../verify/report-text.js';
import { addExamples, type Run } from './command.js';

interface VerifyArguments {
  readonly manifest?: string;
  readonly jwks?: string;
  readonly signature: boolean;
  readonly export?: string;
}

export function addVerifyCommand(program: Command, run: Run): void {
  const command = program
    .command('verify <file>')
    .description(
      'Verify a file, or all files of a folder, by their manifests: complete, unmodified, signed by whom, with how many rows. ' +
        'The file can also be s3://bucket/key or a URL.',
    )
    .option('--manifest <file>', 'the manifest, or its URL (default: beside the file, or inside the zip)')
    .option('--jwks <file>', 'the public keys, or their URL (default: those of the service, if one is configured)')
    .option('--no-signature', 'accept files whose signature is not checked')
    .option('--export <id>', 'the files must be of this export')
    .action(
      run(async (context, place: string, options: VerifyArguments) => {
        await verifyPlace(context, place, options);
      }),
    );
  addExamples(command, {
    'verify payments.csv': 'Verify a file by payments.csv.manifest.json',
    'verify reports/ --jwks keys.json': 'Verify a folder without the service',
    'verify s3://bucket/reports/ --json | jq .findings': 'Verify what was delivered to a bucket',
  });
}

async function verifyPlace(context: Context, text: string, options: VerifyArguments): Promise<void> {
  const { output, streams, locale } = context;
  const place = await openPlace(text);
  const given = options.manifest === undefined ? undefined : await openFile(options.manifest);
  const { files: gathered, isSelection } = await gather(place, given);
  // Keys and manifests may be in the folder that they are for.
  const named = [options.jwks, options.manifest].map((file) => file && relative(text, file));
  const files = gathered.filter((file) => isManifest(file) || !named.includes(file.name));
  if (files.length === 0) throw new UsageError(`There are no files in ${text}, or it does not exist.`);
  const jwks = options.signature ? await findKeys(context, options.jwks) : undefined;
  const bar = output.hasTerminal ? new ProgressBar(streams.stderr, 'Verifying') : undefined;
  let report: VerificationReport;
  try {
    report = await verify({
      files,
      jwks,
      isSelection,
      acceptsUnsigned: !options.signature,
      exportId: options.export,
      onProgress: ({ done, total }) => bar?.update({ done, total, unit: 'bytes' }),
    });
  } finally {
    bar?.stop();
  }
  const findings = report.findings.map((finding) => ({ ...finding, text: describeFinding(finding, locale) }));
  output.result({ ...report, findings }, () => toReportText(report, locale));
  const { verdict } = report;
  if (verdict === 'wrong') throw new CommandError(`${text} is not as the service made it.`, ExitCode.Failed);
  if (verdict === 'unverifiable') throw new CommandError(`${text} cannot be verified.`, ExitCode.Usage);
}

/** The public keys that were named, or those of the configured service; `undefined` without them. */
async function findKeys(context: Context, named: string | undefined): Promise<unknown> {
  if (named !== undefined) return readJson(named);
  const { options, environment, loginFile, output, locale } = context;
  const isConfigured = options.api ?? (environment['EXPORT_SERVICE_URL'] || (await loginFile.read())?.api);
  if (!isConfigured) return undefined;
  try {
    return await readJson(`${await findApi(context)}/.well-known/jwks.json`);
  } catch (error) {
    output.note(`The keys of the service are not available: ${toWords(error, locale)}`);
    return undefined;
  }
}

async function readJson(place: string): Promise<unknown> {
  const bytes = await readBytes(await openFile(place));
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    throw new UsageError(`${place} is no JSON.`);
  }
}
