/** `npm run test:upgrade`: what `npm test` runs of the upgrade, and the roll-out beside it, which builds the last release. */
const { join } = require('node:path');
const { projects, ...shared } = require('../../jest.config.cjs');

const rootDir = join(__dirname, '../..');

module.exports = {
  ...shared,
  rootDir,
  projects: [{ ...projects[0], rootDir, displayName: 'upgrade', testMatch: ['<rootDir>/test/upgrade/*.spec.ts'] }],
};
