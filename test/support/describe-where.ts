/**
 * `describe` where the machine has what the suite needs. Elsewhere the suite is left out, and its title says why; where
 * `CI` is set, all suites must run, and one that is left out fails.
 * @param missing what is not there, as in "there is no redis-server on this machine"; `null` when all is there
 */
export function describeWhere(missing: string | null, title: string, suite: () => void): void {
  if (missing === null) describe(title, suite);
  else if (!process.env['CI']) describe.skip(`${title} (left out: ${missing})`, suite);
  else
    describe(title, () => {
      it('is not left out where CI is set', () => {
        throw new Error(`This suite cannot run: ${missing}.`);
      });
    });
}
