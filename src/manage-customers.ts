import { NestFactory } from '@nestjs/core';
import { CustomerProgram, toProgramFailure, usageFor } from './customer';
import { CustomerProgramModule } from './customer/customer-program.module';

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
  const { message, exitCode } = toProgramFailure(error);
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
});
