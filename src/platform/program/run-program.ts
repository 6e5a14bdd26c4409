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

/**
 * Runs a program with the arguments of this process, prints its output, and sets the exit code.
 * @param usageFor returns the help text when the arguments request it; else `null`
 */
export async function runProgram(
  usageFor: (args: readonly string[]) => string | null,
  program: OperatorProgram,
): Promise<void> {
  const args = process.argv.slice(2);
  try {
    // The help text needs no database.
    process.stdout.write(usageFor(args) ?? (await program.run(args)));
  } catch (error) {
    const { message, exitCode } = toProgramFailure(error);
    process.stderr.write(`${message}\n`);
    process.exitCode = exitCode;
  }
}

/** A program that is a provider of a module. */
export function programOf(module: Type, program: Type<OperatorProgram>): OperatorProgram {
  return {
    run: async (args) => {
      const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
      try {
        return await app.get(program).run(args);
      } finally {
        await app.close();
      }
    },
  };
}
