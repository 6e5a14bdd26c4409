import type { Request } from 'express';
import { readExpectedRevisions } from './session-etag';

const requestWith = (value?: string) => ({ get: () => value }) as unknown as Request;

describe('If-Match of a session', () => {
  it.each([
    ['is no condition where it is missing', undefined, null],
    ['is no condition where it allows any revision', '*', null],
    ['names the revision', '"7"', [7]],
    ['names a revision that a proxy made weak', 'W/"7"', [7]],
    ['names several revisions', '"7", W/"8" ,"9"', [7, 8, 9]],
    ['matches nothing where it is no tag of a session', '"abc", 7, "-1", "1e3"', []],
    ['matches nothing where it is a number beyond all revisions', '"99999999999"', []],
    ['matches nothing where it is empty', '', []],
  ])('%s', (_, value, expected) => {
    expect(readExpectedRevisions(requestWith(value))).toEqual(expected);
  });
});
