import type { Command } from 'commander';
import { unwrap } from '../../api.js';
import type { components, ExportClient } from '../../index.js';
import { UsageError } from '../errors.js';
import type { Columns } from '../output.js';
import { addExamples, type RunWithClient } from './command.js';

type DataType = components['schemas']['DataTypeResponse'];

const COLUMNS: Columns<DataType> = {
  NAME: ({ name }) => name,
  TABLES: ({ tables }) => tables.join(', '),
  DESCRIPTION: ({ description }) => description,
};

export function addDataTypesCommand(program: Command, run: RunWithClient): void {
  const list = program
    .command('data-types')
    .description('List the data types that can be exported, with their tables.')
    .action(
      run(async ({ client, output }) => {
        output.list(await readDataTypes(client), COLUMNS, 'There are no data types.');
      }),
    );
  addExamples(list, { 'data-types': 'Show the names for export --data-types' });
}

/** The tables that filters and columns of data types may name. */
export async function findTables(client: ExportClient, names: readonly string[] | undefined): Promise<string[]> {
  const all = await readDataTypes(client);
  const unknown = names?.find((name) => !all.some((type) => isNamed(type, name)));
  if (unknown !== undefined) {
    throw new UsageError(`There is no data type ${unknown}. Data types are ${all.map(({ name }) => name).join(', ')}.`);
  }
  const chosen = all.filter((type) => names?.some((name) => isNamed(type, name)) ?? true);
  return [...new Set(chosen.flatMap(({ tables }) => tables))];
}

function isNamed(type: DataType, name: string): boolean {
  return type.name === name || type.id === name;
}

async function readDataTypes(client: ExportClient): Promise<readonly DataType[]> {
  return (await unwrap(client.api.GET('/api/v1/exports/data-types'))).results;
}
