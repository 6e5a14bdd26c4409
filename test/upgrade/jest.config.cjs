// `npm run test:upgrade`: what `npm test` runs of the upgrade, and the roll-out, which builds the last release.
const { join } = require('node:path');
const configuration = require('../../jest.config.cjs');

const rootDir = join(__dirname, '../..');

module.exports = async () => {
  const { projects, ...shared } = await configuration();
  const contracts = projects.find(({ displayName }) => displayName === 'contracts');
  const testMatch = ['<rootDir>/test/upgrade/*.spec.ts'];
  return { ...shared, rootDir, projects: [{ ...contracts, rootDir, displayName: 'upgrade', testMatch }] };
};
