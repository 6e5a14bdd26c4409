import { DomainError } from '../../../platform/errors/domain-error';

/** The board is too large to be drawn. The message is for the user. */
export class BoardTooLargeError extends DomainError {
  constructor(message: string) {
    super('invalid', 'board-too-large', message);
    this.name = 'BoardTooLargeError';
  }
}

/** The board lacks the requested page. */
export class PageNotFoundError extends DomainError {
  constructor(message: string) {
    super('invalid', 'page-not-found', message);
    this.name = 'PageNotFoundError';
  }

  static of(page: number, pageCount: number): PageNotFoundError {
    const pages = pageCount === 1 ? 'one page' : `${pageCount} pages`;
    return new PageNotFoundError(`The board has no page ${page}: it has ${pages}.`);
  }
}

/** The state is not JSON in UTF-8. */
export class MalformedStateError extends DomainError {
  constructor() {
    const message = 'The board is not valid JSON.';
    super('invalid', 'malformed-json', message, { fields: [{ field: 'state', message }] });
    this.name = 'MalformedStateError';
  }
}

/** The state is nested too deeply. */
export class BoardTooDeepError extends DomainError {
  constructor(message: string) {
    super('unprocessable', 'board-too-deep', message);
    this.name = 'BoardTooDeepError';
  }

  static of(maxDepth: number): BoardTooDeepError {
    return new BoardTooDeepError(`The board is nested too deeply: it can have at most ${maxDepth} levels.`);
  }
}
