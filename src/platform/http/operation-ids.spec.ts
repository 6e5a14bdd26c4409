import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATION_IDS } from './operation-ids';

const { paths } = JSON.parse(readFileSync(join(__dirname, '../../../docs/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, { operationId: string }>>;
};
const described = Object.entries(paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, { operationId }]) => [`${method.toUpperCase()} ${path}`, operationId]),
);

describe('The names of operations', () => {
  it('are given to every operation of the API, and to nothing else', () => {
    expect(Object.fromEntries(described)).toEqual(OPERATION_IDS);
  });

  it('are names of methods, each of one operation', () => {
    const names = Object.values(OPERATION_IDS);

    expect(names.filter((name) => !/^[a-z][A-Za-z]+$/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});
