'use strict';

// Prisma's command line loads these packages at its start, but uses them only when asked for.
module.exports = new Proxy(
  {},
  {
    get(_, name) {
      if (typeof name === 'symbol' || name === '__esModule' || name === 'then') return undefined;
      throw new Error('Prisma Studio and `prisma dev` are not installed here: see dev/left-out.');
    },
  },
);
