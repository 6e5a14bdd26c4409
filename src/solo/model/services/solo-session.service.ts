import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { ExportService, isFinished } from '../../../export';
import { type CustomerPrincipal, isCustomer, type Principal, type Person } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Page } from '../../../platform/paging';
import { idempotentRequest } from '../../../platform/idempotent-request';
import { SoloSessionRepository } from '../domain/interfaces/solo-session.repository';
import {
  type BoardState,
  DEFAULT_NAME,
  MAX_NAME_LENGTH,
  type SessionInput,
  type SoloSession,
  type UserSessionInput,
} from '../domain/solo-session';

/** The state of a new session. The front end reads `null` as one empty page. */
const EMPTY_STATE: BoardState = { json: Buffer.from('null'), pageCount: 1 };

const DISCARD_PAGE_SIZE = 200;

export interface SavedSession {
  readonly session: SoloSession;
  /** The JSON of the state if it is in memory; otherwise it must be read. */
  readonly state?: Buffer;
}

export interface SessionCreation extends SavedSession {
  readonly isNew: boolean;
}

/** The use cases of board sessions. */
@Injectable()
export class SoloSessionService {
  constructor(
    private readonly sessions: SoloSessionRepository,
    private readonly exports: ExportService,
  ) {}

  /** @throws DomainError not-found, also for a malformed id */
  async get(id: string, owner: Principal): Promise<SoloSession> {
    const session = isUUID(id) ? await this.sessions.find(id, owner) : null;
    if (!session) throw DomainError.notFound('Session');
    return session;
  }

  /** The size of a session's state in bytes. @throws DomainError not-found */
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
  create(owner: Person, input: SessionInput, idempotencyKey: string | null): Promise<SessionCreation> {
    return this.createBy(owner, owner, input, idempotencyKey);
  }

  /**
   * Creates a session of a user for an external system.
   * @throws as `create`
   */
  createFor(
    customer: CustomerPrincipal,
    { userId, ...input }: UserSessionInput,
    idempotencyKey: string | null,
  ): Promise<SessionCreation> {
    return this.createBy(customer, { userId, tenantId: customer.tenantId }, input, idempotencyKey);
  }

  private async createBy(
    principal: Principal,
    owner: Person,
    { name = DEFAULT_NAME, state = EMPTY_STATE }: SessionInput,
    idempotencyKey: string | null,
  ): Promise<SessionCreation> {
    const idempotency =
      idempotencyKey === null
        ? null
        : idempotentRequest(principal, idempotencyKey, 'session', owner.userId, name, state.json);
    const customerId = isCustomer(principal) ? principal.customerId : null;
    const creation = await this.sessions.create({ owner, customerId, name, state }, idempotency);
    // A session of an earlier request may have changed since.
    return creation.isNew ? { ...creation, state: state.json } : creation;
  }

  /**
   * @param ifRevs the accepted revisions of `If-Match`; `null` accepts any. A revision in the input
   *   must match as well.
   * @throws RevisionMismatchError | BoardQuotaExceededError | DomainError not-found
   */
  async update(
    id: string,
    owner: Person,
    { name, state, rev }: SessionInput,
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

  /**
   * Deletes the session with its exports. Its files are inaccessible at once and are removed soon
   * after.
   */
  async delete(id: string, owner: Principal): Promise<void> {
    await this.get(id, owner);
    await this.discardExports(id, owner);
    await this.sessions.delete(id, owner);
    // What was requested since may have read the board. From here on nothing can.
    await this.discardExports(id, owner);
  }

  /**
   * Cancels the unfinished exports of a session and deletes the files of the others, also those of several boards that
   * another owner of the board requested.
   */
  private async discardExports(sessionId: string, owner: Principal): Promise<void> {
    await this.exports.discard({ kind: 'boards', params: { sessionIds: [sessionId] } }, owner);
    const query = { owner, kind: 'board', subject: sessionId, size: DISCARD_PAGE_SIZE } as const;
    let cursor: string | undefined;
    do {
      const page = await this.exports.list({ ...query, cursor });
      for (const { id, status } of page.items) {
        if (status === 'completed' || !isFinished(status)) await this.exports.remove(id, owner);
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}
