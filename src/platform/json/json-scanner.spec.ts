import { seededRandom } from '../../../test/support/random';
import { JsonDepthError, type JsonListener, JsonScanner, JsonSyntaxError } from './json-scanner';

const MAX_DEPTH = 8;

/** @returns nothing of interest: it throws where the text is refused */
function scan(json: string, chunkSize = Infinity, listener?: JsonListener): true {
  const bytes = Buffer.from(json);
  const scanner = new JsonScanner({ maxDepth: MAX_DEPTH, listener, openDepth: 2, memberDepth: 2 });
  for (let at = 0; at < bytes.length; at += chunkSize) scanner.write(bytes.subarray(at, at + chunkSize));
  scanner.end();
  return true;
}

function accepts(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

/** What a listener hears, as text. */
function eventsOf(json: string, chunkSize?: number): string[] {
  const events: string[] = [];
  scan(json, chunkSize, {
    onOpen: (depth, isArray) => events.push(`${depth} ${isArray ? '[' : '{'}`),
    onMember: (depth, name, offset) => events.push(`${depth} ${String(name)}@${offset}`),
    onEnd: (depth, offset) => events.push(`${depth} end@${offset}`),
  });
  return events;
}

const VALID = [
  '{}',
  '[]',
  ' [ ] ',
  '""',
  '0',
  '-0',
  '12',
  '-1.5e+10',
  '1E5',
  '0.0',
  '1e-2',
  'true',
  'false',
  'null',
  '\t null\r\n',
  '[1,2]',
  '[[],{}]',
  '{"a":[1,{"b":null}],"a":2}',
  '"\\u00e9\\n\\"\\\\\\/\\b\\f\\r\\t"',
  '"\\ud800"',
  '"😀"',
  '[0,-1]',
  '{"":{"":[]}}',
];

const INVALID = [
  '',
  ' ',
  '{',
  '[',
  '"',
  '"a',
  '{"a"',
  '{"a":',
  '{"a":1',
  '[1',
  '[1,',
  '{}}',
  '[]]',
  '[}',
  '{]',
  '{"a":1]',
  '[1}',
  '[1,]',
  '[,1]',
  '[,]',
  '{,}',
  '{"a":1,}',
  '{"a",1}',
  '{a:1}',
  "{'a':1}",
  '{"a":1 "b":2}',
  '[1 2]',
  '1 2',
  '{}{}',
  '01',
  '-',
  '-a',
  '1.',
  '.5',
  '1.e5',
  '1e',
  '1e+',
  '+1',
  '0x1',
  '1a',
  'NaN',
  'Infinity',
  'tru',
  'truee',
  'True',
  'nul',
  'nulll',
  'falsy',
  '"\\x"',
  '"\\u12g4"',
  '"\\u12',
  '"a\nb"',
  '"a\tb"',
  '"\u0000"',
  '/**/1',
  '[1]//',
  ':',
  ',',
  '\ufeff{}',
  '\u00a0[]',
  '{"a"::1}',
  '{"a":,}',
  '{1:2}',
  '{null:1}',
  '"a"b',
  '-01',
  '[-]',
  '1,',
  '1]',
  '{"a"}',
];

describe('JsonScanner', () => {
  it.each(VALID)('accepts %j', (json) => {
    expect(accepts(() => JSON.parse(json))).toBe(true);
    expect(accepts(() => scan(json))).toBe(true);
  });

  it.each(INVALID)('refuses %j', (json) => {
    expect(accepts(() => JSON.parse(json))).toBe(false);
    expect(accepts(() => scan(json))).toBe(false);
  });

  it('agrees with JSON.parse on mutated texts in any chunks', () => {
    const random = randomNumbers(20_261_129);
    const alphabet = '{}[]",:\\ue0127-+.tfn\n a\u00e9';
    const seeds = VALID.filter((text) => text.length > 4);
    const disagreed: string[] = [];

    for (let turn = 0; turn < 20_000; turn += 1) {
      let json = seeds[random(seeds.length)]!;
      for (let edits = random(4); edits >= 0; edits -= 1) {
        const at = random(json.length + 1);
        json = json.slice(0, at) + alphabet[random(alphabet.length)]! + json.slice(at + random(2));
      }
      const isValid = accepts(() => JSON.parse(json));
      if (accepts(() => scan(json, 1 + random(5))) !== isValid) disagreed.push(json);
    }

    expect(disagreed).toEqual([]);
  });

  it('reports the outer containers, their members and their ends', () => {
    expect(eventsOf('{"a" : [1,[2]], "b":{"c":{}}}')).toEqual([
      '1 {',
      '1 a@6',
      '2 [',
      '2 end@9',
      '2 end@13',
      '1 end@14',
      '1 b@20',
      '2 {',
      '2 c@25',
      '2 end@27',
      '1 end@28',
    ]);
  });

  it('reports the same events for any chunks', () => {
    const json = '{"st\\u0061te":{"p\\"":[{}]},"назва":"\\\\","x":-1.5e3,"y":[]}';
    const whole = eventsOf(json);

    for (let size = 1; size < Buffer.byteLength(json); size += 1) expect(eventsOf(json, size)).toEqual(whole);
    const lastValue = Buffer.from(json).indexOf('[]}');
    expect(whole).toEqual(expect.arrayContaining(['1 state@14', '2 p"@21', `1 y@${lastValue}`]));
  });

  it('reports a name that is too long as null for any chunks', () => {
    const json = `{"${'x'.repeat(64)}":1,"${'x'.repeat(65)}":2,"${'x'.repeat(1000)}":3}`;

    for (const size of [1, 7, 64, 65, 2000]) {
      const names = eventsOf(json, size).flatMap((event) => /^1 (x+|null)@/.exec(event)?.[1] ?? []);
      expect(names).toEqual(['x'.repeat(64), 'null', 'null']);
    }
  });

  it('refuses the bracket that exceeds the maximum depth', () => {
    const scanner = new JsonScanner({ maxDepth: 3 });

    scanner.write(Buffer.from('[{"a":['));

    expect(() => {
      scanner.write(Buffer.from('['));
    }).toThrow(JsonDepthError);
  });

  it('accepts any number of sibling containers', () => {
    expect(accepts(() => scan(`[${'[[]],'.repeat(10_000)}[]]`))).toBe(true);
  });

  it('rethrows errors of the listener', () => {
    const listener = {
      onOpen: () => {
        throw new RangeError('enough');
      },
    };

    expect(() => {
      scan('{}', 1, listener);
    }).toThrow(RangeError);
  });
});

/** Whole numbers from 0 to below a bound, the same for the same seed. */
function randomNumbers(seed: number): (bound: number) => number {
  const random = seededRandom(seed);
  return (bound) => Math.floor(random() * bound);
}
