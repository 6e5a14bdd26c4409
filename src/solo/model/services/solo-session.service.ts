import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { ExportsForSolo } from '../../../export';
import type { Caller } from '../../../platform/auth/caller';
import { DomainError } from '../../../platform/errors/domain-error';
import type { Page } from '../../../platform/http/page';
import { idempotentRequest } from '../../../platform/idempotency/idempotency-keys';
import { FileStorage } from '../../../platform/storage/file-storage';
import { BoardRenderer } from '../domain/interfaces/board-renderer';
import { SoloSessionRepository } from '../domain/interfaces/solo-session.repository';
import type { SessionBody } from '../domain/session-body';
import {
  type BoardState,
  DEFAULT_NAME,
  LONGEST_NAME,
  type SessionOwner,
  type SoloSession,
} from '../domain/solo-session';
import { thumbnailPrefix } from './session-thumbnail.service';

/** The board that a session begins with: one empty page, as the front end's loader reads `null`. */
const EMPTY_STATE = Buffer.from('null');

@Injectable()
export class SoloSessionService {
  constructor(
    private readonly sessions: SoloSessionRepository,
    private readonly boards: BoardRenderer,
    private readonly exports: ExportsForSolo,
    private readonly storage: FileStorage,
  ) {}

  /** @throws DomainError not-found, also for an id that is none */
  async get(id: string, owner: SessionOwner): Promise<SoloSession> {
    const session = isUUID(id) ? await this.sessions.find(id, owner) : null;
    if (!session) throw DomainError.notFound('Session');
    return session;
  }

  /** The state of a session that is known to be the caller's, as JSON text. */
  async stateOf({ id }: SoloSession): Promise<string> {
    const state = await this.sessions.readState(id);
    if (state === null) throw DomainError.notFound('Session');
    return state;
  }

  list(owner: SessionOwner, size: number, cursor?: string): Promise<Page<SoloSession>> {
    return this.sessions.list(owner, size, cursor);
  }

  /** @throws DomainError invalid when the state is not JSON | mismatch */
  async create(
    owner: Caller,
    { name = DEFAULT_NAME, state = EMPTY_STATE }: SessionBody,
    idempotencyKey: string | null,
  ): Promise<{ session: SoloSession; isNew: boolean }> {
    const idempotency =
      idempotencyKey === null ? null : idempotentRequest(owner, idempotencyKey, 'session', name, state);
    return this.sessions.create({ owner, name, state: await this.read(state) }, idempotency);
  }

  /** @throws DomainError invalid | not-found */
  async update(id: string, owner: SessionOwner, { name, state }: SessionBody): Promise<SoloSession> {
    await this.get(id, owner);
    const change = { name, state: state && (await this.read(state)) };
    const session = await this.sessions.update(id, owner, change);
    if (!session) throw DomainError.notFound('Session');
    return session;
  }

  /** @throws DomainError not-found | mismatch */
  async duplicate(
    id: string,
    owner: Caller,
    idempotencyKey: string | null,
  ): Promise<{ session: SoloSession; isNew: boolean }> {
    const original = await this.get(id, owner);
    const state = { text: await this.stateOf(original), pageCount: original.pageCount };
    const name = `${original.name} (copy)`.slice(0, LONGEST_NAME).toWellFormed();
    const idempotency = idempotencyKey === null ? null : idempotentRequest(owner, idempotencyKey, 'duplicate', id);
    return this.sessions.create({ owner, name, state }, idempotency);
  }

  /** Deletes the session with everything that was made of it. */
  async delete(id: string, owner: Caller): Promise<void> {
    await this.get(id, owner);
    await this.exports.discard(owner, id);
    await this.sessions.delete(id, owner);
    await this.storage.discard(thumbnailPrefix(id));
  }

  private async read(state: Buffer): Promise<BoardState> {
    const { pageCount } = await this.boards.inspect(state);
    return { text: state.toString('utf8'), pageCount };
  }
}
