/** The layout of ARCHITECTURE.md, as far as imports can break it. */
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const src = join(__dirname, 'src');
/** Every folder with a Nest module of its own name. */
const modules = readdirSync(src)
  .filter((name) => existsSync(join(src, name, `${name}.module.ts`)))
  .join('|');
const insideModule = `^src/(${modules})/`;
const anySpec = '\\.spec\\.ts$';

/** A package by name: in node_modules, by its types, or not installed at all. */
const packages = (names) => `(^|node_modules/)(@types/)?(${names})(/|$)`;

/** dependency-cruiser judges imports; "has fewer dependents than (nearly) any file" makes it judge where a file lies. */
const anyFile = (module) => ({ from: {}, module: { ...module, numberOfDependentsLessThan: 100 } });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'model-knows-no-layer-around-it',
      comment: 'Inside a module: api → model ← infrastructure. The model asks for what it needs through ports.',
      severity: 'error',
      from: { path: `${insideModule}model/` },
      to: { path: `^src/$1/`, pathNot: `^src/$1/model/` },
    },
    {
      name: 'api-not-infrastructure',
      comment: 'Inside a module: api → model ← infrastructure. The *.module.ts alone wires both.',
      severity: 'error',
      from: { path: `${insideModule}api/` },
      to: { path: `^src/$1/infrastructure/` },
    },
    {
      name: 'infrastructure-not-api',
      comment: 'Inside a module: api → model ← infrastructure. The *.module.ts alone wires both.',
      severity: 'error',
      from: { path: `${insideModule}infrastructure/` },
      to: { path: `^src/$1/api/` },
    },
    {
      name: 'model-imports-no-technology',
      comment: 'The model holds the rules; databases, queues, storage and HTTP stay behind ports.',
      severity: 'error',
      from: { path: `${insideModule}model/` },
      to: {
        path: [
          packages('@prisma|prisma|pg|pg-[^/]+|bullmq|ioredis|@aws-sdk|@smithy|express|@nestjs/platform-express'),
          '^src/platform/database/(?!sql\\.ts$|table-owners\\.ts$)',
          '^src/platform/http/(?!network\\.ts$)',
        ],
      },
    },
    {
      name: 'modules-use-each-others-public-api',
      comment:
        'Another module is used through its index.ts, or its sources.ts, only. Offer an out.for-<neighbour>.service.ts there.',
      severity: 'error',
      from: { path: insideModule },
      to: { path: insideModule, pathNot: [`^src/$1/`, `${insideModule}(index|sources)\\.ts$`] },
    },
    {
      name: 'export-knows-no-maker-of-files',
      comment: 'preview → production → export. What export needs of them, they provide through ports of export.',
      severity: 'error',
      from: { path: '^src/(export|production)/' },
      to: { path: '^src/(production|preview)/', pathNot: '^src/$1/' },
    },
    {
      name: 'programs-use-the-modules-public-api',
      comment: 'main.ts, app.module.ts and the other programs know of a module its index.ts and its *.module.ts.',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$' },
      to: { path: insideModule, pathNot: `${insideModule}(index|[^/]+\\.module)\\.ts$` },
    },
    {
      name: 'formats-are-a-library',
      comment: 'A format turns content into bytes. It knows no module, no framework, no database and no HTTP.',
      severity: 'error',
      from: { path: '^src/formats/', pathNot: anySpec },
      to: {
        path: [packages('@nestjs|@prisma|prisma|pg|pg-[^/]+|bullmq|ioredis|@aws-sdk|express'), '^src/'],
        pathNot: ['^src/formats/', '^src/platform/(digest|errors|database/sql|json|time|config/native-environment)'],
      },
    },
    {
      name: 'platform-uses-no-module',
      comment: 'Every module may use platform; platform knows no module and no program.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/', pathNot: '^src/platform/' },
    },
    {
      name: 'nothing-imports-programs',
      comment:
        'main.ts, service.ts, app.module.ts, migrate.ts, manage-customers.ts, manage-schedules.ts, manage-audit.ts and manage-keys.ts are where programs begin.',
      severity: 'error',
      from: { path: '^src/[^/]+/' },
      to: { path: '^src/[^/]+\\.ts$' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one concept, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'src-stands-alone',
      comment: 'What runs in production never imports tools or tests. (Specs may use test/support and test/fakes.)',
      severity: 'error',
      from: { path: '^src/', pathNot: anySpec },
      to: { path: '^(dev|test|bench)/|\\.spec\\.ts$' },
    },
    {
      name: 'specs-use-test-support-and-fakes-only',
      comment: 'A unit test may borrow from test/support and test/fakes, and from nothing else outside src.',
      severity: 'error',
      from: { path: anySpec },
      to: { path: ['^(dev|bench|test)/', anySpec], pathNot: '^test/(support|fakes)/' },
    },
    {
      name: 'no-production-import-of-dev-dependencies',
      comment: 'It would be missing in an installation without development dependencies.',
      severity: 'error',
      from: { path: '^src/', pathNot: anySpec },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only', 'npm'] },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing uses this file and it uses nothing.',
      severity: 'error',
      from: { orphan: true, pathNot: ['^src/[^/]+\\.ts$', '\\.worker\\.ts$', '\\.d\\.ts$'] },
      to: {},
    },
    {
      name: 'source-layout',
      comment:
        'In src: main.ts, service.ts, app.module.ts, production-thread.worker.ts, production-thread.ts, production-thread.module.ts, migrate.ts, manage-customers.ts, manage-schedules.ts, manage-audit.ts, manage-keys.ts, platform/, formats/ and the modules: folders with a `<name>.module.ts`.',
      severity: 'error',
      ...anyFile({
        path: '^src/',
        pathNot: `^src/((main|service|app\\.module|production-thread\\.worker|production-thread|production-thread\\.module|migrate|manage-customers|manage-schedules|manage-audit|manage-keys)\\.ts$|(platform|formats|${modules})/)`,
      }),
    },
    {
      name: 'module-layout',
      comment:
        'In a module: index.ts, sources.ts, *.module.ts, api/, model/, infrastructure/; in delivery also channels/.',
      severity: 'error',
      ...anyFile({
        path: insideModule,
        pathNot: `${insideModule}((index|sources|[^/]+\\.module)\\.ts$|(api|model|infrastructure|(?<=^src/delivery/)channels)/)`,
      }),
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^src/platform/database/generated/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
