import { Client, type ApiResponse } from '../../support/client';
import { CustomerClient } from '../../support/customers';
import type { Installation } from '../../support/installation';
import type { MailServer } from '../../support/mail-server';
import type { ObjectServer, ObjectServerCredentials } from '../../support/object-server';
import type { Service } from '../../support/service';
import { signedToken } from '../../support/tokens';
import type { WebhookReceiver } from '../../support/webhook-receiver';
import type { Day, DayBoard, DayCustomer, DayDelivery, DayRequest, Principal } from '../day';
import { Random } from '../random';

type Growing<List> = List extends readonly (infer Item)[] ? Item[] : never;

/** What those who write the day down know of a schedule before it is read again at the end. */
export interface KeptSchedule {
  readonly owner: Principal;
  readonly id: string;
  readonly webhookSecret: string | null;
}

export interface RecordingContext {
  readonly installation: Installation;
  readonly receiver: WebhookReceiver;
  readonly bucket: ObjectServer;
  readonly bucketKeys: ObjectServerCredentials;
  readonly mail: MailServer;
  readonly jwtSecret: string;
  readonly build: string;
}

/** Lives a day as the clients of one installation, and notes what they hold in their hands at its end. */
export class Recorder {
  readonly random: Random;
  readonly customers: DayCustomer[] = [];
  readonly requests: Growing<Day['requests']> = [];
  readonly boards: Growing<Day['boards']> = [];
  readonly schedules: KeptSchedule[] = [];
  /** By the id of the export. */
  readonly webhookSecrets = new Map<string, string>();
  readonly running: string[] = [];
  readonly pending: string[] = [];
  readonly oneTime = { free: '', leased: '', downloaded: '' };
  /** All requesters. */
  readonly principals = new Map<string, Principal>();
  /** Statements that made objects of the platform. */
  readonly objects: string[] = [];
  limited: Day['limited'] | undefined;
  blockedCustomerId = '';
  /** The process that answers. */
  service!: Service;

  constructor(
    readonly seed: number,
    readonly surroundings: RecordingContext,
  ) {
    this.random = new Random(seed);
  }

  get sql(): Installation['sql'] {
    return this.surroundings.installation.sql.bind(this.surroundings.installation);
  }

  user(sub: string, traits: Omit<Extract<Principal, { kind: 'user' }>, 'kind' | 'sub'> = {}): Principal {
    const principal = { kind: 'user' as const, sub, ...traits };
    this.principals.set(sub, principal);
    return principal;
  }

  customer({ id, secret }: DayCustomer): Principal {
    const principal = { kind: 'customer' as const, id, secret };
    this.principals.set(id, principal);
    return principal;
  }

  as(principal: Principal): Promise<Client> {
    return clientOf(this.service.url, principal, this.surroundings.jwtSecret);
  }

  /** Asks for something under an idempotency key, repeats it, and asks for something else under the same key. */
  async ask(owner: Principal, path: string, body: object, change: object): Promise<ApiResponse> {
    const client = await this.as(owner);
    const key = `key-${this.random.bytes(6).toString('hex')}`;
    const response = await client.post(path, body, { 'Idempotency-Key': key });
    if (response.status !== 201) throw new Error(`POST ${path} was answered ${response.status}: ${response.text}`);
    const id = idOf(response.body);
    const again = await client.post(path, body, { 'Idempotency-Key': key });
    if (again.status !== 200 || idOf(again.body) !== id) throw new Error(`A repeat of ${path} got ${again.text}`);
    const changedBody = { ...body, ...change };
    const refusal = await client.post(path, changedBody, { 'Idempotency-Key': key });
    const changed = { body: changedBody, status: refusal.status, code: String(refusal.body.code) };
    this.requests.push({ owner, path, body, key, id, changed } satisfies DayRequest);
    return response;
  }

  async keepBoard(owner: Principal, name: string, state: unknown, id?: string): Promise<DayBoard> {
    const client = await this.as(owner);
    const board = { id: id ?? (await client.saveBoard(state, name)), owner, name, stateSha256: '', thumbnail: null };
    this.boards.push(board);
    return board;
  }

  /** Deliveries that are not made yet, of all exports. */
  async openDeliveries(): Promise<DayDelivery[]> {
    const rows = await this.sql<
      { id: string; export_id: string; channel: DayDelivery['channel']; attempts: number } & OwnerRow
    >(
      `SELECT d.id, d.export_id, d.channel, d.attempts, e.user_id, e.customer_id
       FROM export_deliveries d JOIN exports e ON e.id = d.export_id WHERE d.status = 'pending' ORDER BY d.id`,
    );
    return rows.map(({ id, export_id: exportId, channel, attempts, ...owner }) => ({
      owner: this.ownerOf(owner),
      exportId,
      id,
      channel,
      attempts,
      webhookSecret: channel === 'webhook' ? (this.webhookSecrets.get(exportId) ?? null) : null,
    }));
  }

  ownerOf({ user_id: sub, customer_id: customer }: OwnerRow): Principal {
    const owner = this.principals.get(customer ?? '') ?? this.principals.get(sub ?? '');
    if (!owner) throw new Error(`Nobody of this day is ${sub ?? customer}`);
    return owner;
  }
}

interface OwnerRow {
  readonly user_id: string | null;
  readonly customer_id: string | null;
}

export async function clientOf(url: string, principal: Principal, jwtSecret: string): Promise<Client> {
  if (principal.kind === 'customer') return new CustomerClient(url, principal);
  return new Client(url, await signedToken(principal.sub, { ...principal, secret: jwtSecret }));
}

function idOf(body: { id?: string; jobId?: string }): string {
  const id = body.id ?? body.jobId;
  if (id === undefined) throw new Error('The answer names no id');
  return id;
}
