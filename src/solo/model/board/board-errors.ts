/** The board cannot be drawn whole; the message is written for the person who asked. */
export class BoardTooLargeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BoardTooLargeError';
  }
}

/** The request names a page that the board lacks. */
export class PageNotFoundError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PageNotFoundError';
  }

  static of(page: number, pageCount: number): PageNotFoundError {
    const pages = pageCount === 1 ? 'one page' : `${pageCount} pages`;
    return new PageNotFoundError(`The board has no page ${page}: it has ${pages}.`);
  }
}

/** What was stored as a board is no JSON text in UTF-8. */
export class MalformedStateError extends Error {
  constructor(options?: ErrorOptions) {
    super('The board is not valid JSON.', options);
    this.name = 'MalformedStateError';
  }
}
