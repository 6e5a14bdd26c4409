'use strict';

// Prisma's command line loads these packages when it starts, but uses them for Prisma Studio only.
function refuse() {
  throw new Error('Prisma Studio is not installed here: see dev/left-out.');
}

module.exports = new Proxy(refuse, {
  get(_, name) {
    return typeof name === 'symbol' || name === '__esModule' || name === 'then' ? undefined : refuse();
  },
});
