#!/bin/sh
# Stands where Prisma's schema engine would be. It must always fail: a stand-in that succeeded would let
# `prisma migrate` report success and do nothing.
cat >&2 <<'WHY'
Prisma's schema engine is not used in this project: it cannot be downloaded everywhere.
  Bring a database up to date: npm run migrate
  Use the real engine:         set PRISMA_SCHEMA_ENGINE_BINARY to its path
WHY
exit 1
