import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { describeWhere } from './describe-where';

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const program = [process.env['CHROMIUM'] ?? '', ...PROGRAMS].find((path) => existsSync(path));

/** A suite in a real Chromium: the one of the system, or the one that `CHROMIUM` names. */
export function describeInBrowser(title: string, suite: () => void): void {
  describeWhere(program === undefined ? 'there is no Chromium (Debian package chromium)' : null, title, suite);
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: program!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
