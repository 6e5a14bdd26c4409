#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { findLocale } from './context.js';
import { ExitCode, toExitCode, toJson, toWords } from './errors.js';
import { Interruption } from './interruption.js';
import { LoginFile } from './login-file.js';
import { Output } from './output.js';
import { createProgram } from './program.js';

const { env: environment, stdin, stdout, stderr } = process;
const streams = { stdin, stdout, stderr };
const locale = findLocale(environment);
const leave = (code: ExitCode) => process.exit(code);
const interruption = new Interruption(process, leave);

for (const stream of [stdout, stderr]) {
  stream.on('error', ({ code }: NodeJS.ErrnoException) =>
    leave(code === 'EPIPE' ? ExitCode.BrokenPipe : ExitCode.File),
  );
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
let asksForJson = false;
const program = createProgram(version, (options) => {
  asksForJson = options.json === true;
  const output = new Output(streams, asksForJson);
  return { environment, streams, loginFile: LoginFile.of(environment), interruption, locale, output, options };
});

try {
  await program.parseAsync();
} catch (error) {
  // Commander has printed its errors itself; help and version end with 0.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? ExitCode.Ok : ExitCode.Usage;
  else {
    process.exitCode = toExitCode(error);
    new Output(streams, asksForJson).error(toWords(error, locale), toJson(error, locale));
  }
}
