import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { describeWhere } from './describe-where';
import type { launchChromium } from './in-process/chromium';

declare global {
  /** Given by the environment of the tests: in-process/environment.ts. */
  var launchChromiumOutside: typeof launchChromium;
}

/** The headless shell is Chromium without windows of its own: a page takes half the CPU time of one in the whole browser. */
const PROGRAMS = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const program = [process.env['CHROMIUM'] ?? '', ...PROGRAMS].find((path) => existsSync(path));

/** A suite in a real Chromium: the one of the system, or the one that `CHROMIUM` names. */
export function describeInBrowser(title: string, suite: () => void): void {
  describeWhere(
    program === undefined ? 'there is no Chromium (Debian package chromium-headless-shell)' : null,
    title,
    suite,
  );
}

export function launchBrowser(): Promise<Browser> {
  return launchChromiumOutside(program!);
}
