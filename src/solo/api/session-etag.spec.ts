import type { Request } from 'express';
import { readExpectedRevisions } from './session-etag';

const requestWith = (value?: string) => ({ get: () => value }) as unknown as Request;

describe('If-Match of a session', () => {
  it.each([
    ['accepts any revision when it is missing', undefined, null],
    ['accepts any revision for *', '*', null],
    ['accepts one revision', '"7"', [7]],
    ['accepts a weak tag of a proxy', 'W/"7"', [7]],
    ['accepts several revisions', '"7", W/"8" ,"9"', [7, 8, 9]],
    ['matches nothing when it is not a tag of a session', '"abc", 7, "-1", "1e3"', []],
    ['matches nothing when its number is too large', '"99999999999"', []],
    ['matches nothing when it is empty', '', []],
  ])('%s', (_, value, expected) => {
    expect(readExpectedRevisions(requestWith(value))).toEqual(expected);
  });
});
