import { BoardTooDeepError, MalformedStateError } from './board-errors';
import { readBoard } from './board-reader';
import { scanState } from './state-json';

const MAX_DEPTH = 8;
const scan = (json: string) => scanState(Buffer.from(json), MAX_DEPTH).pageCount;

describe('scanState', () => {
  it.each([
    'null',
    '7',
    '"pages"',
    '{}',
    '[]',
    '[{"pages":[{},{}]}]',
    '{"pages":null}',
    '{"pages":{}}',
    '{"pages":[]}',
    '{"pages":[{}]}',
    '{"pages":[{},{},{}]}',
    '{"pages":[null,7,"x",[],[{}],{}]}',
    '{"pages":[{"pages":[{},{}]}]}',
    '{"a":{"pages":[{},{}]}}',
    '{"pages":[{},{}],"pages":[{}]}',
    '{"pages":[{},{}],"pages":7}',
    '{"pages":7,"x":[{},{}]}',
    '{"pages":{"a":[{},{}]}}',
    '{"pages":[{},{}],"x":[[{}]],"y":{"z":{}}}',
    '{"p\\u0061ges":[{},{}]}',
    '[[{}],[{}]]',
    '{"__proto__":{"pages":[{},{}]}}',
    '{"x":[{}],"pages":[{"strokes":[{}]},{"strokes":[]}],"z":[{}]}',
  ])('counts the pages of %s like readBoard', (json) => {
    expect(scan(json)).toBe(readBoard(JSON.parse(json)).pages.length);
  });

  it('refuses what is not JSON', () => {
    expect(() => scan('{"pages":[')).toThrow(MalformedStateError);
  });

  it('refuses too many levels with the maximum in the message', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

    expect(scan(nested(MAX_DEPTH))).toBe(1);
    expect(() => scan(nested(MAX_DEPTH + 1))).toThrow(BoardTooDeepError);
    expect(() => scan(nested(MAX_DEPTH + 1))).toThrow('at most 8 levels');
  });

  it('scans a state of millions of pages in constant memory', () => {
    const state = Buffer.from(`{"pages":[${'{},'.repeat(2_000_000)}{}]}`);
    const before = process.memoryUsage().heapUsed;

    expect(scanState(state, MAX_DEPTH).pageCount).toBe(2_000_001);

    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50 * 1024 * 1024);
  });
});
