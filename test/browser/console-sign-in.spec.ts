import { seriousViolations } from '../support/accessibility';
import { describeInBrowser } from '../support/browser';
import { goTo, horizontalOverflow, screenshot, useConsole } from '../support/console';
import { Installation } from '../support/installation';
import { OidcIssuer } from '../support/oidc-issuer';
import type { Application } from '../support/application';
import { signInCode } from '../support/sign-in-codes';
import { signedToken } from '../support/tokens';

const ANN = '00000000-0000-4000-8000-00000000000a';
const BOSS = '00000000-0000-4000-8000-00000000000b';
const EXPORTS = { name: 'Exports', exact: true, level: 1 };

describeInBrowser('Signing in to the console', () => {
  const browser = useConsole();
  let installation: Installation;
  let service: Application;

  beforeAll(async () => {
    ({ installation, application: service } = await Installation.withApplication());
  });

  afterAll(() => installation.remove());

  it('accepts a token, keeps it in the tab, and forgets it on sign-out', async () => {
    const page = await browser.open(service, '/exports');
    await screenshot(page, 'sign-in');
    await page.getByLabel('Access token').fill(await signedToken(ANN, { email: 'ann@example.com' }));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', EXPORTS).waitFor();
    await page.getByText('ann@example.com').first().waitFor();
    expect(await page.getByRole('link', { name: 'Administration' }).count()).toBe(0);

    await page.reload();
    await page.getByRole('heading', EXPORTS).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Access token').waitFor();
    await page.reload();

    await page.getByLabel('Access token').waitFor();
  });

  it('says what is wrong with a token', async () => {
    const page = await browser.open(service, '/exports');

    await page
      .getByLabel('Access token')
      .fill(await signedToken(ANN, { secret: 'another secret of 32 characters at least' }));
    await page.getByRole('button', { name: 'Sign in' }).click();

    await page.getByRole('alert').filter({ hasText: 'Sign in again' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('opens signed in by a link, once', async () => {
    const code = await signInCode(BOSS, { claims: { roles: ['admin'] } });
    const first = await browser.open(service, `/sign-in/${code}`);
    await first.getByRole('heading', EXPORTS).waitFor();
    await first.getByRole('link', { name: 'Administration' }).waitFor();
    expect(first.url()).not.toContain(code);

    const second = await browser.open(service, `/sign-in/${code}`);

    await second.getByText('The sign-in link was used before').waitFor();
    await second.getByLabel('Access token').waitFor();
  });

  it('opens the page of the address for an administrator, and not for others', async () => {
    const boss = await browser.open(service, '/administration', {
      token: await signedToken(BOSS, { roles: ['admin'] }),
    });
    await boss.getByRole('heading', { name: 'Administration', level: 1 }).waitFor();

    const ann = await browser.open(service, '/administration', { token: await signedToken(ANN) });

    await ann.getByText('There is no such page').waitFor();
  });

  it('asks again for a sign-in that has expired, and continues on the page', async () => {
    const page = await browser.open(service, '/exports', { token: await signedToken(ANN) });
    await page.getByRole('heading', EXPORTS).waitFor();
    // The service refuses the token from now on, as if its key was replaced.
    await page.route('**/api/v1/**', (route) => {
      const refused = route.request().headers()['authorization'] !== `Bearer ${renewed}`;
      return refused
        ? route.fulfill({ status: 401, json: { code: 'unauthorized', detail: 'Expired' } })
        : route.continue();
    });
    const renewed = await signedToken(ANN, { expires: '2h' });
    await goTo(page, '/boards');

    await page.getByRole('dialog', { name: 'Sign in again' }).getByLabel('Access token').fill(renewed);
    await page.keyboard.press('Enter');

    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('You have no boards yet').first().waitFor();
  });

  it('is used in Ukrainian, in the dark, on a phone and by keyboard', async () => {
    const page = await browser.open(service, '/exports', {
      token: await signedToken(ANN),
      locale: 'uk-UA',
      colorScheme: 'dark',
      width: 360,
      height: 640,
    });
    await page.getByRole('heading', { name: 'Експорти', level: 1 }).waitFor();
    expect(await horizontalOverflow(page)).toBe(0);

    await page.getByRole('button', { name: 'Меню' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('link', { name: 'Дошки' }).focus();
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Дошки', level: 1 }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('uk');
    await page.getByRole('button', { name: 'Мова' }).click();
    await page.getByRole('menuitem', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Boards', level: 1 }).waitFor();
  });
});

describeInBrowser('Signing in to the console with an identity provider', () => {
  const browser = useConsole();
  let issuer: OidcIssuer;
  let installation: Installation;
  let service: Application;

  beforeAll(async () => {
    issuer = await OidcIssuer.start();
    ({ installation, application: service } = await Installation.withApplication(issuer.environment));
  });

  afterAll(async () => {
    await installation.remove();
    await issuer.stop();
  });

  it('returns signed in to the page that was opened', async () => {
    issuer.person = { sub: ANN, email: 'ann@example.com' };
    const page = await browser.open(service, '/boards', { otherOrigin: issuer.url });

    await page.getByRole('button', { name: `Sign in with ${new URL(issuer.url).host}` }).click();

    await page.getByRole('heading', { name: 'Boards', level: 1 }).waitFor();
    await page.getByText('ann@example.com').first().waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(issuer.authorizations.at(-1)?.get('code_challenge_method')).toBe('S256');
  });

  it('refuses the answer to another sign-in', async () => {
    const page = await browser.open(service, '/exports', { otherOrigin: issuer.url });

    await page.goto(`${service.url}/console/?code=stolen&state=of-another-tab`);

    await page.getByText('The identity provider refused the sign-in').waitFor();
    await page.getByRole('button', { name: /^Sign in with 127/ }).waitFor();
  });
});
