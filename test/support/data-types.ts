import type { Client } from './client';

export const DATA_TYPES = '/api/exports/data-types';

/** The fields of a data type that tests use. */
export interface DataType {
  readonly id: string;
  readonly name: string;
  readonly owners: Readonly<Record<string, string | null>>;
  readonly created_at: string;
  readonly updated_at: string;
}

let turn = 0;

/** A name that is unique in this test file. */
export function freshName(): string {
  turn += 1;
  return `things ${turn}`;
}

/** Creates a data type, which must succeed. */
export async function addDataType(admin: Client, body: object = {}): Promise<DataType> {
  const response = await admin.post(DATA_TYPES, { name: freshName(), tables: ['users'], ...body });
  if (response.status !== 201) throw new Error(`The data type was not created: ${response.text}`);
  return response.body as DataType;
}
