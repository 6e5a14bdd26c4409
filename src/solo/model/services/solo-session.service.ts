import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { ExportsForSolo } from '../../../export';
import { type CallingCustomer, isCustomer, type Party, type Person } from '../../../platform/auth/caller';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Page } from '../../../platform/http/page';
import { idempotentRequest, type IdempotentRequest } from '../../../platform/idempotency/idempotency-keys';
import { FileStorage } from '../../../platform/storage/file-storage';
import { BoardRenderer } from '../domain/interfaces/board-renderer';
import { type NewSession, SoloSessionRepository } from '../domain/interfaces/solo-session.repository';
import type { SessionBody, UserSessionBody } from '../domain/session-body';
import { type BoardState, DEFAULT_NAME, LONGEST_NAME, type SoloSession } from '../domain/solo-session';
import { thumbnailPrefix } from './session-thumbnail.service';

/** The board that a session begins with: one empty page, as the front end's loader reads `null`. */
const EMPTY_STATE = Buffer.from('null');

export interface SessionWithState {
  readonly session: SoloSession;
  /** JSON text */
  readonly state: string;
}

export interface SessionCreation extends SessionWithState {
  readonly isNew: boolean;
}

@Injectable()
export class SoloSessionService {
  constructor(
    private readonly sessions: SoloSessionRepository,
    private readonly boards: BoardRenderer,
    private readonly exports: ExportsForSolo,
    private readonly storage: FileStorage,
  ) {}

  /** @throws DomainError not-found, also for an id that is none */
  async get(id: string, owner: Party): Promise<SoloSession> {
    const session = isUUID(id) ? await this.sessions.find(id, owner) : null;
    if (!session) throw DomainError.notFound('Session');
    return session;
  }

  /** @throws DomainError not-found */
  async getWithState(id: string, owner: Party): Promise<SessionWithState> {
    return this.withState(await this.get(id, owner));
  }

  list(owner: Party, size: number, cursor?: string): Promise<Page<SoloSession>> {
    return this.sessions.list(owner, size, cursor);
  }

  /** @throws DomainError invalid when the state is not JSON | mismatch */
  create(owner: Person, body: SessionBody, idempotencyKey: string | null): Promise<SessionCreation> {
    return this.createBy(owner, owner, body, idempotencyKey);
  }

  /**
   * Begins a session on behalf of a customer's user, who finds it among their own.
   * @throws as `create`
   */
  createFor(
    customer: CallingCustomer,
    { userId, ...body }: UserSessionBody,
    idempotencyKey: string | null,
  ): Promise<SessionCreation> {
    return this.createBy(customer, { userId, tenantId: customer.tenantId }, body, idempotencyKey);
  }

  private async createBy(
    caller: Party,
    owner: Person,
    { name = DEFAULT_NAME, state = EMPTY_STATE }: SessionBody,
    idempotencyKey: string | null,
  ): Promise<SessionCreation> {
    const idempotency =
      idempotencyKey === null ? null : idempotentRequest(caller, idempotencyKey, 'session', owner.userId, name, state);
    const customerId = isCustomer(caller) ? caller.customerId : null;
    return this.createOrFind({ owner, customerId, name, state: await this.read(state) }, idempotency);
  }

  /** @throws DomainError invalid | not-found */
  async update(id: string, owner: Party, { name, state }: SessionBody): Promise<SessionWithState> {
    await this.get(id, owner);
    const board = state && (await this.read(state));
    const session = await this.sessions.update(id, owner, { name, state: board });
    if (!session) throw DomainError.notFound('Session');
    return board ? { session, state: board.text } : this.withState(session);
  }

  /** @throws DomainError not-found | mismatch */
  async duplicate(id: string, owner: Person, idempotencyKey: string | null): Promise<SessionCreation> {
    const { session: original, state: text } = await this.getWithState(id, owner);
    const name = `${original.name} (copy)`.slice(0, LONGEST_NAME).toWellFormed();
    const idempotency = idempotencyKey === null ? null : idempotentRequest(owner, idempotencyKey, 'duplicate', id);
    return this.createOrFind(
      { owner, customerId: null, name, state: { text, pageCount: original.pageCount } },
      idempotency,
    );
  }

  /** Deletes the session with everything that was made of it. */
  async delete(id: string, owner: Party): Promise<void> {
    await this.get(id, owner);
    await this.exports.discard(owner, id);
    await this.sessions.delete(id, owner);
    await this.storage.discard(thumbnailPrefix(id));
  }

  private async createOrFind(fresh: NewSession, idempotency: IdempotentRequest | null): Promise<SessionCreation> {
    const { session, isNew } = await this.sessions.create(fresh, idempotency);
    // What an earlier request made may have been changed since.
    return isNew ? { session, state: fresh.state.text, isNew } : { ...(await this.withState(session)), isNew };
  }

  private async withState(session: SoloSession): Promise<SessionWithState> {
    const state = await this.sessions.readState(session.id);
    if (state === null) throw DomainError.notFound('Session');
    return { session, state };
  }

  private async read(state: Buffer): Promise<BoardState> {
    const { pageCount } = await this.boards.inspect(state);
    return { text: state.toString('utf8'), pageCount };
  }
}
