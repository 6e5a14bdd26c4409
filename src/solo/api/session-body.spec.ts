import { DomainError } from '../../platform/errors/domain-error';
import { createSessionReader, createUserSessionReader } from './session-body';

const LIMITS = { maxBytes: 200_000, maxDepth: 8 };

/** What is read of a body that arrives in chunks of a size. */
function read(json: string | Buffer, chunkSize = Infinity) {
  const reader = createSessionReader(LIMITS);
  const bytes = Buffer.from(json);
  for (let at = 0; at < bytes.length; at += chunkSize) reader.write(bytes.subarray(at, at + chunkSize));
  const { name, state } = reader.end(bytes);
  return { name, state: state?.json.toString('utf8'), pageCount: state?.pageCount };
}

function refusalOf(json: string | Buffer, chunkSize?: number): string {
  try {
    read(json, chunkSize);
  } catch (error) {
    if (error instanceof DomainError) return `${error.kind} ${error.code}`;
    throw error;
  }
  throw new Error('It was not refused');
}

const pages = (count: number, page = '{}') => `{"pages":[${Array.from({ length: count }, () => page).join()}]}`;

describe('A session body', () => {
  it('keeps the state unchanged', () => {
    const state = '{"n":1e400,"big":12345678901234567890,"same":1,"same":2,"__proto__":{}}';

    expect(read(`{"name":"a","state":${state},"x":[1]}`)).toEqual({ name: 'a', state, pageCount: 1 });
  });

  it.each([
    ['a name inside a value', '{"a":{"state":1},"state":2}', '2'],
    ['a name inside a string', '{"a":"\\"state\\":1,","state":"}]\\\\"}', '"}]\\\\"'],
    ['a name written with escapes', '{"st\\u0061te":[{"a":"]"}]}', '[{"a":"]"}]'],
    ['a name that comes twice', '{"state":1,"state":[2],"name":"n"}', '[2]'],
    ['a name within the state', '{"state":{"state":{"state":1}}}', '{"state":{"state":1}}'],
    ['blanks everywhere', ' {\n"state" :\t{ } , "b":1} ', '\t{ } '],
    ['characters of several bytes', '{"назва":"😀","state":["😀"]}', '["😀"]'],
    ['null', '{"state":null}', 'null'],
    ['no state', '{"states":1,"stat":2}', undefined],
    ['nothing', '{}', undefined],
  ])('handles %s in any chunks', (_, json, expected) => {
    for (let size = 1; size <= Buffer.byteLength(json); size += 1) expect(read(json, size).state).toBe(expected);
  });

  it.each([
    ['no object', '[{"state":1}]', 'invalid malformed-json'],
    ['a text', '"state"', 'invalid malformed-json'],
    ['nothing at all', '', 'invalid malformed-json'],
    ['what is cut off', '{"state":{"a":1}', 'invalid malformed-json'],
    ['a state that is no JSON', '{"state":{"a":NaN}}', 'invalid malformed-json'],
    ['what is not UTF-8', Buffer.from('{"name":"\xff","state":1}', 'latin1'), 'invalid malformed-json'],
    ['a state with too many levels', `{"state":${'['.repeat(9)}`, 'unprocessable board-too-deep'],
    ['too many levels elsewhere', `{"a":${'['.repeat(9)}`, 'invalid body-too-deep'],
    ['a state with too many pages', `{"state":${pages(501)}`, 'unprocessable too-many-pages'],
    ['a state that is too large', `{"state":"${'x'.repeat(200_001)}`, 'too-large board-too-large'],
    ['too much beside the state', `{"state":1,"a":"${'x'.repeat(70_000)}`, 'too-large body-too-large'],
    ['a former state that is too much', `{"state":"${'x'.repeat(70_000)}","state":1`, 'too-large body-too-large'],
  ])('refuses %s before the rest arrives', (_, json, expected) => {
    for (const size of [1, 7, 1000, Infinity]) expect(refusalOf(json, size)).toBe(expected);
  });

  it('refuses the byte that exceeds a limit', () => {
    const reader = createSessionReader(LIMITS);

    reader.write(Buffer.from(`{"state":${'['.repeat(8)}`));

    expect(() => {
      reader.write(Buffer.from('['));
    }).toThrow('at most 8 levels');
  });

  it('accepts 500 pages and the maximum depth', () => {
    expect(read(`{"state":${pages(500)}}`).pageCount).toBe(500);
    expect(read(`{"state":${'['.repeat(8)}${']'.repeat(8)}}`).pageCount).toBe(1);
  });

  it('counts the pages of the last state', () => {
    expect(read(`{"pages":[{},{},{}],"state":${pages(3)},"state":${pages(2)}}`).pageCount).toBe(2);
  });

  it('reads the user of the session', () => {
    const reader = createUserSessionReader(LIMITS);
    const bytes = Buffer.from('{"state":{},"user_id":"ada"}');

    reader.write(bytes);

    expect(reader.end(bytes)).toMatchObject({ userId: 'ada', state: { pageCount: 1 } });
  });
});
