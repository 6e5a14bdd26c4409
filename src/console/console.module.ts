import { join } from 'node:path';
import { Logger, Module } from '@nestjs/common';
import { Config } from '../platform/config/config';
import { webFolder } from '../platform/http/web-file';
import { ConsoleController } from './api/console.controller';
import { ConsoleFiles } from './api/console-files';
import { ConsoleGuard } from './api/console.guard';
import { SessionController } from './api/session.controller';
import { SignInController, SignInGuard } from './api/sign-in.controller';
import { PrismaUsedSignInLinks } from './infrastructure/used-sign-in-links.prisma';
import { UsedSignInLinks } from './model/domain/used-sign-in-links';
import { SignInService } from './model/services/sign-in.service';

/** Serves the console, a page for people that uses the public API alone, and signs them in to it. */
@Module({
  controllers: [ConsoleController, SessionController, SignInController],
  providers: [
    ConsoleGuard,
    { provide: ConsoleFiles, useFactory: readFiles, inject: [Config] },
    SignInGuard,
    SignInService,
    { provide: UsedSignInLinks, useClass: PrismaUsedSignInLinks },
  ],
})
export class ConsoleModule {}

function readFiles({ servesApi, console: { isOn } }: Config): ConsoleFiles {
  if (!servesApi || !isOn) return ConsoleFiles.none;
  const folder = webFolder();
  const files = folder === undefined ? null : ConsoleFiles.read(join(folder, 'console'));
  if (files === null) {
    const event = 'console.not_built';
    new Logger('Console').log('The console is not built: /console answers 404. `npm run build` builds it.', { event });
  }
  return files ?? ConsoleFiles.none;
}
