import { types } from 'node:util';
import { DomainError } from '../../../platform/errors/domain-error';
import {
  BoardTooDeepError,
  BoardTooLargeError,
  MalformedStateError,
  PageNotFoundError,
} from '../../model/board/board-errors';
import { DrawingTooLargeError } from '../../model/domain/drawing-budget';

/** The drawing failed; another attempt may succeed. */
export class DrawingFailedError extends Error {
  override readonly name = 'DrawingFailedError';
}

/** The board takes more time than one drawing may take. The message is for the user. */
export class BoardTooComplexError extends DomainError {
  constructor(message: string) {
    super('invalid', 'board-too-complex', message);
    this.name = 'BoardTooComplexError';
  }
}

/** Restores the class of an error that a drawing thread reported by name. */
export function toReportedError(name: string, message: string): Error {
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

/** The error of a drawing whose thread ended first. */
export function toThreadError(cause: unknown): DrawingFailedError {
  const code = types.isNativeError(cause) && 'code' in cause ? cause.code : undefined;
  return code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? new DrawingFailedError('The board needs more memory than one drawing may take.', { cause })
    : new DrawingFailedError('The drawing ended unexpectedly.', { cause });
}
