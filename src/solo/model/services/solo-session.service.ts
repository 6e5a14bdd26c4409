import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { ExportsForSolo } from '../../../export';
import { type CustomerPrincipal, isCustomer, type Principal, type Person } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Page } from '../../../platform/paging';
import { idempotentRequest } from '../../../platform/idempotent-request';
import { SoloSessionRepository } from '../domain/interfaces/solo-session.repository';
import type { SessionBody, UserSessionBody } from '../domain/session-body';
import { type BoardState, DEFAULT_NAME, MAX_NAME_LENGTH, type SoloSession } from '../domain/solo-session';

/** The board that a session begins with: one empty page, as the front end's loader reads `null`. */
const EMPTY_STATE: BoardState = { json: Buffer.from('null'), pageCount: 1 };

export interface SavedSession {
  readonly session: SoloSession;
  /** The JSON of the state where it is at hand; otherwise it is to be read. */
  readonly state?: Buffer;
}

export interface SessionCreation extends SavedSession {
  readonly isNew: boolean;
}

@Injectable()
export class SoloSessionService {
  constructor(
    private readonly sessions: SoloSessionRepository,
    private readonly exports: ExportsForSolo,
  ) {}

  /** @throws DomainError not-found, also for an id that is none */
  async get(id: string, owner: Principal): Promise<SoloSession> {
    const session = isUUID(id) ? await this.sessions.find(id, owner) : null;
    if (!session) throw DomainError.notFound('Session');
    return session;
  }

  /** How many bytes the state of a session has. @throws DomainError not-found */
  async stateSize({ id }: SoloSession): Promise<number> {
    const size = await this.sessions.findStateSize(id);
    if (size === null) throw DomainError.notFound('Session');
    return size;
  }

  /** The JSON of a session's state. @throws DomainError not-found */
  async readState({ id }: SoloSession): Promise<Buffer> {
    const state = await this.sessions.readState(id);
    if (state === null) throw DomainError.notFound('Session');
    return state;
  }

  list(owner: Principal, size: number, cursor?: string): Promise<Page<SoloSession>> {
    return this.sessions.list(owner, size, cursor);
  }

  /** @throws BoardQuotaExceededError | DomainError mismatch */
  create(owner: Person, body: SessionBody, idempotencyKey: string | null): Promise<SessionCreation> {
    return this.createBy(owner, owner, body, idempotencyKey);
  }

  /**
   * Begins a session on behalf of a customer's user, who finds it among their own.
   * @throws as `create`
   */
  createFor(
    customer: CustomerPrincipal,
    { userId, ...body }: UserSessionBody,
    idempotencyKey: string | null,
  ): Promise<SessionCreation> {
    return this.createBy(customer, { userId, tenantId: customer.tenantId }, body, idempotencyKey);
  }

  private async createBy(
    caller: Principal,
    owner: Person,
    { name = DEFAULT_NAME, state = EMPTY_STATE }: SessionBody,
    idempotencyKey: string | null,
  ): Promise<SessionCreation> {
    const idempotency =
      idempotencyKey === null
        ? null
        : idempotentRequest(caller, idempotencyKey, 'session', owner.userId, name, state.json);
    const customerId = isCustomer(caller) ? caller.customerId : null;
    const creation = await this.sessions.create({ owner, customerId, name, state }, idempotency);
    // What an earlier request made may have been changed since.
    return creation.isNew ? { ...creation, state: state.json } : creation;
  }

  /**
   * @param ifRevs the revisions of which the session must have one, and that of the body where it has any
   * @throws RevisionMismatchError | BoardQuotaExceededError | DomainError not-found
   */
  async update(
    id: string,
    owner: Person,
    { name, state, rev }: SessionBody,
    ifRevs: readonly number[] | null,
  ): Promise<SavedSession> {
    await this.get(id, owner);
    const expectedRevs = rev === undefined ? ifRevs : (ifRevs ?? [rev]).filter((expected) => expected === rev);
    const session = await this.sessions.update(id, owner, { name, state, expectedRevs });
    if (!session) throw DomainError.notFound('Session');
    return { session, state: state?.json };
  }

  /** @throws BoardQuotaExceededError | DomainError not-found | mismatch */
  async duplicate(id: string, owner: Person, idempotencyKey: string | null): Promise<SessionCreation> {
    const original = await this.get(id, owner);
    const name = `${original.name} (copy)`.slice(0, MAX_NAME_LENGTH).toWellFormed();
    const idempotency = idempotencyKey === null ? null : idempotentRequest(owner, idempotencyKey, 'duplicate', id);
    return this.sessions.duplicate(id, { owner, name }, idempotency);
  }

  /** Deletes the session with everything that was made of it; its files are unreachable at once, and removed soon after. */
  async delete(id: string, owner: Principal): Promise<void> {
    await this.get(id, owner);
    await this.exports.discard(owner, id);
    await this.sessions.delete(id, owner);
  }
}
