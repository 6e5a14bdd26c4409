import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Drawing } from '../../export';
import { Config } from '../../platform/config/config';
import { DomainError } from '../../platform/errors/domain-error';
import { BoardTooLargeError, MalformedStateError, PageNotFoundError } from '../model/board/board-errors';
import { AssetLoader } from '../model/board/asset-loader';
import { BoardRenderer } from '../model/domain/interfaces/board-renderer';
import type { Picture } from '../model/domain/picture';
import { BoardPainter } from './drawing/board-painter';

@Injectable()
export class ThreadedBoardRenderer extends BoardRenderer implements OnApplicationShutdown {
  private readonly painter: BoardPainter;

  constructor({ boards }: Config, assets: AssetLoader) {
    super();
    this.painter = new BoardPainter({ threads: boards.drawingThreads, assets });
  }

  override inspect(state: Uint8Array): Promise<{ readonly pageCount: number }> {
    return this.painter.inspect(state).catch(refusal);
  }

  override open(state: Uint8Array, picture: Picture, signal: AbortSignal): Promise<Drawing> {
    return this.painter.open(state, picture, signal).catch(refusal);
  }

  // After running exports have ended or were handed back.
  async onApplicationShutdown(): Promise<void> {
    await this.painter.close();
  }
}

function refusal(error: unknown): never {
  if (error instanceof MalformedStateError)
    throw DomainError.invalid('malformed-json', error.message, { field: 'state', message: error.message });
  if (error instanceof BoardTooLargeError) throw new DomainError('invalid', 'board-too-large', error.message);
  if (error instanceof PageNotFoundError) throw new DomainError('invalid', 'page-not-found', error.message);
  throw error;
}
