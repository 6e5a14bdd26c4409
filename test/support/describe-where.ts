import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * `describe` where the machine has what the suite needs. Elsewhere the suite is skipped, and its title says why. If
 * `CI` is set, all suites must run, and a skipped one fails.
 * @param missing what is not there, as in "there is no redis-server on this machine"; `null` when all is there
 */
export function describeWhere(missing: string | null, title: string, suite: () => void): void {
  if (missing === null) describe(title, suite);
  else if (!process.env['CI']) describe.skip(`${title} (skipped: ${missing})`, suite);
  else
    describe(title, () => {
      it('is not skipped if CI is set', () => {
        throw new Error(`This suite cannot run: ${missing}.`);
      });
    });
}

/** Whether a program is in a folder of PATH. */
export function isInstalled(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}
