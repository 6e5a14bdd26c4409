import { DomainError } from '../../../platform/errors/domain-error';
import { types } from 'node:util';
import { DrawingTooLargeError } from '../../model/domain/drawing-budget';
import {
  BoardTooDeepError,
  BoardTooLargeError,
  MalformedStateError,
  PageNotFoundError,
} from '../../model/board/board-errors';

/** The drawing broke down; another attempt may succeed. */
export class DrawingFailedError extends Error {
  override readonly name = 'DrawingFailedError';
}

/** The board takes more time or memory than one drawing may; the message is written for the person who asked. */
export class BoardTooComplexError extends DomainError {
  constructor(message: string) {
    super('invalid', 'board-too-complex', message);
    this.name = 'BoardTooComplexError';
  }
}

/** The error that a drawing thread reported: one of the model's with its own class again, or a failed drawing. */
export function reported(name: string, message: string): Error {
  switch (name) {
    case 'BoardTooDeepError':
      return new BoardTooDeepError(message);
    case 'BoardTooLargeError':
      return new BoardTooLargeError(message);
    case 'DrawingTooLargeError':
      return new DrawingTooLargeError(message);
    case 'MalformedStateError':
      return new MalformedStateError();
    case 'PageNotFoundError':
      return new PageNotFoundError(message);
    default:
      return new DrawingFailedError('The board could not be drawn.', { cause: new Error(`${name}: ${message}`) });
  }
}

/** Why a drawing thread ended before its drawing did. */
export function threadEnd(cause: unknown): DrawingFailedError {
  const code = types.isNativeError(cause) && 'code' in cause ? cause.code : undefined;
  return code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? new DrawingFailedError('The board needs more memory than one drawing may take.', { cause })
    : new DrawingFailedError('The drawing ended unexpectedly.', { cause });
}
