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
import type { SoloSession } from '../domain/solo-session';

/** Pixels: the 4:3 of the cards that front ends show boards on. */
const FRAME = { width: 320, height: 240 };

const PICTURE = { format: 'png', page: 1, scale: { frame: FRAME }, background: 'white' } as const;

export const THUMBNAILS = 'thumbnails/';

export function thumbnailPrefix(sessionId: string): string {
  return `${THUMBNAILS}${sessionId}/`;
}

/** The one path under which a thumbnail is fetched, and that its links sign. */
function thumbnailPath(sessionId: string): string {
  return `/api/v1/solo/sessions/${sessionId}/thumbnail`;
}

@Injectable()
export class SessionThumbnailService {
  private readonly logger = new Logger(SessionThumbnailService.name);

  constructor(
    private readonly sessions: SoloSessionRepository,
    private readonly boards: BoardRenderer,
    private readonly storage: FileStorage,
    private readonly links: LinkSigner,
  ) {}

  /** A link that a browser can follow without a header, or `null` while there is no thumbnail. */
  linkTo({ id, thumbnailKey }: SoloSession): string | null {
    return thumbnailKey === null ? null : this.links.sign(thumbnailPath(id));
  }

  /**
   * Draws the first page of a session that is known to be the caller's.
   * @returns the link to it
   * @throws DomainError when the board cannot be drawn | limit when too many wait | conflict when it changed meanwhile
   */
  async render(session: SoloSession, caller: Person, signal: AbortSignal): Promise<string> {
    const readState = async () => {
      const state = await this.sessions.readState(session.id);
      if (state === null) throw DomainError.notFound('Session');
      return state;
    };
    // On the caller's own account: a thumbnail is for one person, and must not wait for others of an external system.
    const board = { account: principalKey(caller), purpose: 'thumbnail' as const, readState };
    const drawing = await this.boards.open(board, PICTURE, signal);
    const key = `${thumbnailPrefix(session.id)}${randomUUID()}.png`;
    await this.storage.put(key, drawing.pngPages(), { contentType: 'image/png', signal });
    const noted = await this.sessions.setThumbnail(session.id, session.rev, key);
    if (!noted) {
      await this.discard(key);
      throw new DomainError('conflict', 'session-changed', 'The board was changed while its thumbnail was drawn');
    }
    if (noted.replaced !== null) await this.discard(noted.replaced);
    return this.links.sign(thumbnailPath(session.id));
  }

  /** What the caller asked for has been done: a storage that is away just now is no reason to refuse it. */
  private async discard(key: string): Promise<void> {
    await this.storage.delete(key).catch((error: unknown) => {
      this.logger.warn('A thumbnail could not be removed; the sweep will', { key, reason: String(error) });
    });
  }

  /**
   * @param owner whose session it must be; `null` for the bearer of a link, who proved that we gave it away
   * @throws DomainError not-found, also while there is no thumbnail
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
