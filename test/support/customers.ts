import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Client, type ExportRecord, type RequestHeaders, type Transport } from './client';

export interface CustomerTraits {
  readonly name?: string;
  readonly tenant?: string;
  readonly isActive?: boolean;
}

export interface CustomerCredentials {
  readonly id: string;
  readonly secret: string;
}

type Sql = (statement: string, ...values: unknown[]) => Promise<unknown>;

/** Inserts an external system, like `npm run customer -- create`. */
export async function insertCustomer(
  sql: Sql,
  { name = 'Partner', tenant, isActive = true }: CustomerTraits = {},
): Promise<CustomerCredentials> {
  const credentials = { id: randomUUID(), secret: `exsk_${randomBytes(32).toString('base64url')}` };
  await sql(
    'INSERT INTO customers (id, tenant_id, name, secret_hash, is_active) VALUES ($1, $2, $3, $4, $5)',
    credentials.id,
    tenant ?? null,
    name,
    createHash('sha256').update(credentials.secret).digest('hex'),
    isActive,
  );
  return credentials;
}

/** The value of an Authorization header for HTTP Basic. */
export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

/** An external system. It authenticates by id and secret and uses the routes below /customer. */
export class CustomerClient extends Client {
  readonly id: string;
  readonly secret: string;

  constructor(url: string, { id, secret }: CustomerCredentials, transport?: Transport) {
    super(url, undefined, transport);
    this.id = id;
    this.secret = secret;
  }

  override get credentials(): RequestHeaders {
    return { authorization: basic(this.id, this.secret) };
  }

  /** The same external system as a client of another process. */
  at(url: string): CustomerClient {
    return new CustomerClient(url, this);
  }

  /** Creates a board session for a user. @returns its id */
  async startSession(userId: string, state: unknown = null, name = 'Board'): Promise<string> {
    const response = await this.post('/api/v1/customer/solo/sessions/', { user_id: userId, name, state });
    if (response.status !== 201) throw new Error(`The session was not created: ${response.text}`);
    return response.body.id as string;
  }

  override async requestExport(sessionId: string, format: string, options?: object): Promise<ExportRecord> {
    const response = await this.post(`/api/v1/customer/solo/sessions/${sessionId}/export/`, { format, options });
    if (response.status !== 201) throw new Error(`The export was not created: ${response.text}`);
    return response.body as ExportRecord;
  }

  override async status(id: string): Promise<ExportRecord> {
    const response = await this.get(`/api/v1/customer/exports/${id}/`);
    if (response.status !== 200) throw new Error(`The status was not returned: ${response.status} ${response.text}`);
    return response.body as ExportRecord;
  }
}
