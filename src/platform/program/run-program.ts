import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { toProgramFailure } from './program-failure';

/** A program that an operator runs on the command line. */
export interface OperatorProgram {
  /**
   * @param args after the name of the program
   * @returns what to print
   */
  run(args: readonly string[]): Promise<string>;
}

interface ProgramParts {
  /** How it is used, where that is what is asked; else `null`. */
  readonly usageFor: (args: readonly string[]) => string | null;
  /** What it needs, which includes the program. */
  readonly module: Type;
  readonly program: Type<OperatorProgram>;
}

/** Runs a program with the words of this process, prints what it says, and ends as it did. */
export async function runProgram(parts: ProgramParts): Promise<void> {
  try {
    process.stdout.write(await outputOf(parts, process.argv.slice(2)));
  } catch (error) {
    const { message, exitCode } = toProgramFailure(error);
    process.stderr.write(`${message}\n`);
    process.exitCode = exitCode;
  }
}

async function outputOf({ usageFor, module, program }: ProgramParts, args: readonly string[]): Promise<string> {
  const usage = usageFor(args);
  // Whoever asks how it is used may have no database yet.
  if (usage !== null) return usage;
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    return await app.get(program).run(args);
  } finally {
    await app.close();
  }
}
