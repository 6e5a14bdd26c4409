# syntax=docker/dockerfile:1

FROM node:24-bookworm-slim AS build
WORKDIR /app

# Nothing that runs needs an install script: every native part comes as a prebuilt package.
COPY package.json package-lock.json .npmrc ./
COPY dev/left-out dev/left-out
COPY sdk/package.json sdk/
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts

COPY nest-cli.json prisma.config.ts swc.build.json tsconfig.json tsconfig.build.json ./
COPY prisma prisma
COPY dev dev
COPY docs/openapi.json docs/
COPY sdk sdk
COPY src src
COPY web web
RUN npm run build

# What only development needs goes: also Prisma's command line, which npm keeps because the client names it as an
# optional peer and the links to dev, and what nothing loads.
RUN npm prune --omit=dev --ignore-scripts \
  && node -p 'Object.entries(require("./package-lock.json").packages).filter(([, entry]) => entry.devOptional || entry.link).map(([path]) => path).join("\n")' \
  | xargs rm -rf node_modules/.bin \
  && node dev/prune-modules.mjs


# The slim image has all that the native packages link to (libc, libstdc++, libgcc): no fontconfig, no system fonts.
FROM node:24-bookworm-slim
# glibc keeps what threads give back, in an arena for each: two are enough, and keep the drawing of large boards small.
ENV NODE_ENV=production \
  MALLOC_ARENA_MAX=2 \
  STORAGE_DIR=/var/lib/export-service
WORKDIR /app

COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/prisma/migrations prisma/migrations
COPY --from=build /app/dist dist

# The code belongs to root and is only read; the service writes to its storage and nowhere else.
RUN install -d -o node -g node /var/lib/export-service
USER node
VOLUME /var/lib/export-service

EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MANAGEMENT_PORT || process.env.PORT || 8000}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# `node dist/migrate.js` (or `npm run migrate`) brings the database up to date; ROLE=api, worker or all says what runs.
CMD ["node", "--max-semi-space-size=8", "dist/main.js"]
