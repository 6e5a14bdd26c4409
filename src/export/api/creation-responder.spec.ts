import type { Request } from 'express';
import { preferredWait } from './creation-responder';

const waitOf = (prefer?: string) => preferredWait({ get: () => prefer } as unknown as Request);

describe('preferredWait', () => {
  it.each([
    ['wait=10', 10],
    ['wait=0', 0],
    ['Wait = 10', 10],
    ['wait="10"', 10],
    ['respond-async, wait=10', 10],
    ['respond-async; foo="wait=3, bar", , wait=10; x', 10],
    ['foo="a\\", wait=1", wait=2', 2],
    ['wait=5, wait=10', 5],
    ['wait=30', 30],
    ['wait=31', 30],
    ['wait=99999999999999999999999', 30],
  ])('reads %s as %d seconds', (prefer, seconds) => {
    expect(waitOf(prefer)).toBe(seconds);
  });

  it.each([
    undefined,
    '',
    'wait',
    'wait=',
    'wait=-1',
    'wait=1.5',
    'wait=1e1',
    'wait=ten',
    'wait="1',
    'wait=1 2',
    'wait=0x10',
    'respond-async',
    'await=10',
    'wait-for=10',
    'foo=wait=10',
    'foo="wait=10"',
    'wait;=10',
    'wait=ten, wait=10',
  ])('ignores %s', (prefer) => {
    expect(waitOf(prefer)).toBeNull();
  });

  it('parses hostile headers in linear time', () => {
    for (const piece of ['"', '\\"', '",', ' ', 'wait ', ';"\\'])
      expect(waitOf(piece.repeat(16_384 / piece.length))).toBeNull();
  });
});
