import { NestFactory } from '@nestjs/core';
import { CustomerProgram, UsageError, usageFor } from './customer';
import { CustomerProgramModule } from './customer/customer-program.module';
import { DomainError } from './platform/errors/domain-error';
import { ConfigurationError } from './platform/config/environment';
import {
  isDatabaseAccessDenied,
  isDatabaseMissing,
  isDatabaseUnreachable,
  isTableMissing,
} from './platform/prisma/database-fault';

/** `npm run customer`: makes external systems known, changes their secrets, keeps them out and lets them in. */
async function main(args: readonly string[]): Promise<void> {
  const usage = usageFor(args);
  // Whoever asks how it is used may have no database yet.
  if (usage !== null) {
    process.stdout.write(usage);
    return;
  }
  const app = await NestFactory.createApplicationContext(CustomerProgramModule, { logger: false, abortOnError: false });
  try {
    process.stdout.write(await app.get(CustomerProgram).run(args));
  } finally {
    await app.close();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});

function messageOf(error: unknown): string {
  if (error instanceof DomainError || error instanceof ConfigurationError) return error.message;
  if (isDatabaseMissing(error))
    return 'There is no database of the name that DATABASE_URL has: create it, or put the name right.';
  if (isDatabaseAccessDenied(error)) return 'The database refuses the user and password that DATABASE_URL has.';
  if (isTableMissing(error)) return 'The database is not up to date: run `npm run migrate` first.';
  if (isDatabaseUnreachable(error)) return 'The database does not answer: see that DATABASE_URL is right and it runs.';
  return error instanceof Error ? error.message : String(error);
}
