import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from './browser';
import { scaled } from './machine';

const TOKEN_ENTRY = 'export-console:token';
const IMAGES = join(__dirname, '../../docs/images');
/** Chromium logs every response that is an error. The page shows these itself. */
const FAILED_REQUEST = /^Failed to load resource/;

/** The screen of a narrow phone. */
export const PHONE = { width: 360, height: 740 };

/** What a tab of the console differs in from a usual one. */
export interface ConsoleTraits {
  /** Without one, the tab is not signed in. */
  readonly token?: string;
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** What the page may use besides the service, such as an identity provider. */
  readonly otherOrigin?: string;
}

/**
 * The console in Chromium, for the tests of a file. After each test its tabs are closed, and the test fails if one of them
 * logged an error, violated the Content-Security-Policy or sent a request to another origin. Call it within `describeInBrowser`.
 */
export function useConsole(): ConsoleBrowser {
  const browser = new ConsoleBrowser();
  beforeAll(() => browser.launch());
  afterEach(() => browser.closeTabs());
  afterAll(() => browser.close());
  return browser;
}

export class ConsoleBrowser {
  private browser: Browser | undefined;
  private contexts: BrowserContext[] = [];
  /** What the tabs did that no page may do. */
  private problems: string[] = [];

  async launch(): Promise<void> {
    this.browser = await launchBrowser();
  }

  async close(): Promise<void> {
    await this.browser?.close();
  }

  /**
   * Opens a tab in a new profile.
   * @param host whose console it is, such as a service or a proxy
   * @param route what follows the `#` in the address, such as `/exports`
   */
  async open(host: { readonly url: string }, route: string, traits: ConsoleTraits = {}): Promise<Page> {
    const { token, locale = 'en', colorScheme = 'light', width = 1280, height = 900, otherOrigin } = traits;
    const context = await this.browser!.newContext({
      locale,
      colorScheme,
      viewport: { width, height },
      // Whatever moves is drawn sixty times a second.
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(scaled(20_000));
    this.contexts.push(context);
    const page = await context.newPage();
    this.observe(page, [new URL(host.url).origin, otherOrigin]);
    if (token !== undefined) await page.addInitScript(signInScript(token));
    await page.goto(`${host.url}/console/#${route}`);
    return page;
  }

  /** @throws what the tabs did that no page may do */
  async closeTabs(): Promise<void> {
    const { contexts, problems } = this;
    this.contexts = [];
    this.problems = [];
    await Promise.all(contexts.map((context) => context.close()));
    if (problems.length > 0) throw new Error(`The console misbehaved:\n${problems.join('\n')}`);
  }

  private observe(page: Page, origins: readonly unknown[]): void {
    page.on('pageerror', (error) => this.problems.push(`uncaught: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      const isProblem = message.type() === 'error' || message.type() === 'warning';
      // A violation of the policy is logged as an error.
      if (isProblem && !FAILED_REQUEST.test(message.text())) this.problems.push(`logged: ${message.text()}`);
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      const isLocal = url.protocol === 'blob:' || url.protocol === 'data:';
      if (!isLocal && !origins.includes(url.origin)) this.problems.push(`requested: ${url.href}`);
    });
  }
}

/** Runs in the page before its own scripts. A token that the page has stored stays. */
function signInScript(token: string): string {
  return `sessionStorage.getItem('${TOKEN_ENTRY}') ?? sessionStorage.setItem('${TOKEN_ENTRY}', '${token}')`;
}

/** Goes to another page as a link does, without loading the console again. */
export async function goTo(page: Page, route: string): Promise<void> {
  await page.evaluate(`location.hash = '#${route}'`);
}

/** By how many pixels the page is wider than the screen. */
export function horizontalOverflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** Writes docs/images/console-<name>.png if `UPDATE_SCREENSHOTS` is 1. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (process.env['UPDATE_SCREENSHOTS'] !== '1') return;
  await page.screenshot({ path: join(IMAGES, `console-${name}.png`) });
}
