import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { breakingChanges, contractLines } from './http-contract';

interface Schema {
  type?: string;
  properties: Record<string, Record<string, unknown>>;
  required: string[];
}
interface Document {
  [part: string]: unknown;
  paths: Record<string, Record<string, { responses: Record<string, unknown>; parameters: Record<string, unknown>[] }>>;
  components: { schemas: Record<string, Schema> };
}

const current = read(readFileSync(join(__dirname, '../../../docs/openapi.json')));
const frozen = read(gunzipSync(readFileSync(join(__dirname, 'openapi.json.gz'))));

function read(bytes: Uint8Array): Document {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Document;
}

/** A copy of what is frozen, with something done to it. */
function changed(change: (document: Document) => void): Document {
  const copy = structuredClone(frozen);
  change(copy);
  return copy;
}

describe('The HTTP contract', () => {
  it('holds everything that clients of the last release rely on', () => {
    expect(contractLines(frozen).length).toBeGreaterThan(3_000);
    // Add first, remove later: README.md beside this file says how.
    expect(breakingChanges(frozen, current)).toEqual([]);
  });

  it.each<[string, (document: Document) => void, RegExp]>([
    ['a path', ({ paths }) => delete paths['/api/v1/exports/{id}'], /^missing: GET \/api\/v1\/exports\/\{id\}$/],
    ['a method', ({ paths }) => delete paths['/api/v1/exports/{id}']!['delete'], /^missing: DELETE/],
    ['a status', ({ paths }) => delete paths['/api/v1/exports/{id}']!['get']!.responses['304'], /304$/],
    ['a field', ({ components }) => delete components.schemas['ExportResponse']!.properties['sha256'], /\.sha256/],
    [
      'the type of a field',
      ({ components }) => (components.schemas['ExportResponse']!.properties['file_size']!['type'] = 'string'),
      /\.file_size: integer or null/,
    ],
    [
      'whether a field is always there',
      ({ components }) => components.schemas['ExportResponse']!.required.splice(0, 1),
      /\.id: string \(uuid\), required$/,
    ],
    [
      'a value of an enumeration',
      ({ components }) => (components.schemas['ExportResponse']!.properties['status']!['enum'] = ['completed']),
      /\.status = "pending"$/,
    ],
    [
      'what a request has to have',
      ({ components }) => components.schemas['BulkExportBody']!.required.push('filters'),
      /^demanded: POST \/api\/v1\/export\/bulk body application\/json \.filters: .*, required$/,
    ],
    [
      'a new parameter that has to be given',
      ({ paths }) =>
        paths['/api/v1/exports']!['get']!.parameters.push({ name: 'day', in: 'query', required: true, schema: {} }),
      /^demanded: GET \/api\/v1\/exports query day/,
    ],
  ])('detects a change of %s', (_, change, expected) => {
    expect(breakingChanges(frozen, changed(change))).toContainEqual(expect.stringMatching(expected));
  });

  it.each<[string, (document: Document) => void]>([
    ['a path', ({ paths }) => (paths['/api/v2/exports'] = paths['/api/v1/exports']!)],
    [
      'a field of an answer',
      ({ components }) => {
        components.schemas['ExportResponse']!.properties['owner'] = { type: 'string' };
        components.schemas['ExportResponse']!.required.push('owner');
      },
    ],
    [
      'something that may be asked for',
      ({ components }) => (components.schemas['BulkExportBody']!.properties['limit'] = { type: 'integer' }),
    ],
    [
      'another name of a schema',
      (document) => {
        const { schemas } = document.components;
        schemas['ExportRecord'] = schemas['ExportResponse']!;
        const text = JSON.stringify(document).replaceAll('schemas/ExportResponse"', 'schemas/ExportRecord"');
        Object.assign(document, JSON.parse(text) as Document);
      },
    ],
  ])('allows an addition: %s', (_, change) => {
    expect(breakingChanges(frozen, changed(change))).toEqual([]);
  });
});
