/** The path at which the service serves the schema. It never changes: a new version of the format gets another one. */
export const MANIFEST_SCHEMA_PATH = 'schemas/export-manifest-1.json';

const text = { type: 'string' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const orNull = <Schema extends object>(schema: Schema) => ({ anyOf: [schema, { type: 'null' }] }) as const;
const hash = { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'SHA-256 in lower-case hex' } as const;
const moment = { type: 'string', format: 'date-time', description: 'ISO 8601, UTC' } as const;

/** All members are required. Later releases may add members, so others are allowed. */
const object = <Properties extends object>(properties: Properties, description?: string) => ({
  type: 'object' as const,
  ...(description !== undefined && { description }),
  required: Object.keys(properties),
  properties,
});

const column = object({
  name: text,
  postgres_type: { ...orNull(text), description: 'As declared, such as numeric(12,2); null for a computed column' },
  output_type: {
    ...text,
    description:
      'How the values are to be read: text, integer, decimal, float, boolean, date, timestamp, timestamptz, json or other; ' +
      'in computed tables also duration (whole seconds) and moment (ISO 8601, UTC)',
  },
});

const file = object({
  name: { ...text, description: 'Inside an archive with `/` between folders' },
  media_type: text,
  bytes: count,
  rows: orNull(count),
  sha256: hash,
  block_bytes: { const: 4_194_304 },
  blocks: {
    type: 'array',
    items: hash,
    description:
      'The SHA-256 of each `block_bytes`, the last one of what is left: their number is bytes / block_bytes, rounded up',
  },
});

const manifest = object({
  version: { const: 1 },
  export: object({
    id: { ...text, format: 'uuid' },
    kind: text,
    format: text,
    requested_at: moment,
    title: text,
  }),
  schedule: {
    ...orNull(
      object({
        id: { ...text, format: 'uuid' },
        slot: {
          ...moment,
          description: 'The moment for which the run was planned; of a manual run, when it was requested',
        },
        previous_manifest_sha256: {
          ...orNull(hash),
          description:
            'Of the whole file of the manifest of the last completed run of the schedule; null for the first one, and inside archives',
        },
      }),
    ),
    description: 'Null unless the export is a run of a schedule',
  },
  request: object({
    filters: { description: 'As requested. Numbers that are not whole are texts; null for none' },
    options: { type: 'object', description: 'As requested. Numbers that are not whole are texts' },
    tables: { ...orNull({ type: 'array', items: text }), description: 'The requested data types or tables' },
  }),
  snapshot: {
    ...orNull(
      object({
        taken_at: moment,
        server: { ...orNull(text), description: 'The system identifier of the PostgreSQL' },
      }),
    ),
    description: 'The state of the database from which all rows are; null for what is not made of rows',
  },
  tables: {
    type: 'array',
    items: object({ name: text, rows: orNull(count), columns: { type: 'array', items: column } }),
  },
  files: {
    type: 'array',
    items: file,
    description: 'Outside an archive the file of the export; inside an archive its other files',
  },
  totals: object({ files: count, rows: orNull(count), pages: orNull(count), bytes: count }),
  warnings: { type: 'array', items: object({ code: text, text }) },
  service: object({ name: { const: 'export-service' }, version: text }),
});

/** The JSON Schema of manifests, outside archives and inside. */
export const MANIFEST_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `/${MANIFEST_SCHEMA_PATH}`,
  title: 'The manifest of an export, version 1',
  description:
    'The payload of `jws` is exactly the text of `manifest`, as JSON without white space. All numbers are whole. Readers ' +
    'ignore members that they do not know.',
  ...object({
    manifest,
    jws: {
      ...orNull({ type: 'string', pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$' }),
      description:
        'A compact JWS with the header {"alg":"EdDSA","kid":…,"typ":"export-manifest+jws"} and an Ed25519 signature; null if ' +
        'the service has no key',
    },
  }),
} as const;
