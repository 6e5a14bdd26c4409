import { splitMember } from './json-member';

const split = (json: string) => {
  const { rest, member } = splitMember(Buffer.from(json), 'state');
  return { rest, member: member?.toString('utf8') };
};

describe('splitMember', () => {
  it('cuts the value out as it was written', () => {
    const { rest, member } = split('{"name":"a","state":{"n":1e400,"big":12345678901234567890},"x":[1]}');

    expect(member).toBe('{"n":1e400,"big":12345678901234567890}');
    expect(JSON.parse(rest)).toEqual({ name: 'a', state: null, x: [1] });
  });

  it.each([
    ['a name inside the value', '{"a":{"state":1},"state":2}', '2'],
    ['a name inside a string', '{"a":"\\"state\\":1,","state":"}]\\\\"}', '"}]\\\\"'],
    ['a name written with escapes', '{"st\\u0061te":[{"a":"]"}]}', '[{"a":"]"}]'],
    ['a name that comes twice', '{"state":1,"state":[2]}', '[2]'],
    ['blanks everywhere', ' {\n"state" :\t{ } , "b":1}', '\t{ } '],
    ['characters of several bytes', '{"назва":"😀","state":["😀"]}', '["😀"]'],
    ['null', '{"state":null}', 'null'],
  ])('is not misled by %s', (_, json, expected) => {
    expect(split(json).member).toBe(expected);
  });

  it.each([['{}'], ['[{"state":1}]'], ['"state"'], ['{"state"}'], ['{"state'], ['']])('finds nothing in %j', (json) => {
    expect(split(json)).toEqual({ rest: json, member: undefined });
  });
});
