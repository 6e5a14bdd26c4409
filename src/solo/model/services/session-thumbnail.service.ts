import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { type Principal, principalKey, type Person } from '../../../platform/auth/principal';
import { LinkSigner } from '../../../platform/auth/link-signer';
import { DomainError } from '../../../platform/errors/domain-error';
import { FileNotFoundError, FileStorage } from '../../../platform/storage/file-storage';
import { BoardRenderer } from '../domain/interfaces/board-renderer';
import { SoloSessionRepository } from '../domain/interfaces/solo-session.repository';
import { type SoloSession, thumbnailPrefix } from '../domain/solo-session';

/** The size of the front ends' board cards, in pixels. */
const FRAME = { width: 320, height: 240 };

const PICTURE = { format: 'png', page: 1, scale: { frame: FRAME }, background: 'white' } as const;

/** The path that links to a thumbnail sign. */
function thumbnailPath(sessionId: string): string {
  return `/api/v1/solo/sessions/${sessionId}/thumbnail`;
}

/** Draws, stores and serves the thumbnails of boards. */
@Injectable()
export class SessionThumbnailService {
  private readonly logger = new Logger(SessionThumbnailService.name);

  constructor(
    private readonly sessions: SoloSessionRepository,
    private readonly boards: BoardRenderer,
    private readonly storage: FileStorage,
    private readonly links: LinkSigner,
  ) {}

  /** A signed link that works without a header; `null` when there is no thumbnail. */
  linkTo({ id, thumbnailKey }: SoloSession): string | null {
    return thumbnailKey === null ? null : this.links.sign(thumbnailPath(id));
  }

  /**
   * Draws the first page of a session of the caller.
   * @returns the link to the thumbnail
   * @throws DomainError when the board cannot be drawn | limit when too many thumbnails wait |
   *   conflict when it has changed
   */
  async render(session: SoloSession, caller: Person, signal: AbortSignal): Promise<string> {
    const readState = async () => {
      const state = await this.sessions.readState(session.id);
      if (state === null) throw DomainError.notFound('Session');
      return state;
    };
    // The account is the user's, so that users of an external system do not wait for each other.
    const board = { account: principalKey(caller), purpose: 'thumbnail' as const, readState };
    const drawing = await this.boards.open(board, PICTURE, signal);
    const key = `${thumbnailPrefix(session.id)}${randomUUID()}.png`;
    await this.storage.put(key, drawing.pngPages(), { contentType: 'image/png', signal });
    const saved = await this.sessions.setThumbnail(session.id, session.rev, key);
    if (!saved) {
      await this.discard(key);
      throw new DomainError('conflict', 'session-changed', 'The board was changed while its thumbnail was drawn');
    }
    if (saved.replaced !== null) await this.discard(saved.replaced);
    return this.links.sign(thumbnailPath(session.id));
  }

  /**
   * Logs a failure instead of throwing it: the request has succeeded, and the next sweep deletes
   * the file.
   */
  private async discard(key: string): Promise<void> {
    await this.storage.delete(key).catch((error: unknown) => {
      this.logger.warn('A thumbnail could not be deleted; the next sweep deletes it', {
        event: 'board.thumbnail_deletion_failed',
        key,
        reason: String(error),
      });
    });
  }

  /**
   * Opens the thumbnail of a session.
   * @param owner `null` for the bearer of a signed link
   * @throws DomainError not-found, also when there is no thumbnail
   */
  async open(id: string, owner: Principal | null): Promise<Readable> {
    const key = isUUID(id) ? await this.sessions.findThumbnail(id, owner) : null;
    try {
      if (key !== null) return await this.storage.open(key);
    } catch (error) {
      if (!(error instanceof FileNotFoundError)) throw error;
    }
    throw DomainError.notFound('Thumbnail');
  }
}
