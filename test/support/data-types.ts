import type { Client } from './client';

export const DATA_TYPES = '/api/exports/data-types';

/** A data type as the API shows it, as far as the tests look at it. */
export interface DataType {
  readonly id: string;
  readonly name: string;
  readonly owners: Readonly<Record<string, string | null>>;
  readonly created_at: string;
  readonly updated_at: string;
}

let turn = 0;

/** A name that no data type of this test has. */
export function freshName(): string {
  turn += 1;
  return `things ${turn}`;
}

/** Adds a data type that is sure to be taken. */
export async function addDataType(admin: Client, body: object = {}): Promise<DataType> {
  const answer = await admin.post(DATA_TYPES, { name: freshName(), tables: ['users'], ...body });
  if (answer.status !== 201) throw new Error(`The data type was not added: ${answer.text}`);
  return answer.body as DataType;
}
