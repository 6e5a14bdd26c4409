import { BoardTooLargeError, MalformedStateError } from './board-errors';
import { seededRandom } from '../../../../test/support/random';
import { readBoard } from './board-reader';
import { PointReader } from './point-reader';
import type { Points } from './points';
import { parseState, scanState } from './state-json';

const MAX_DEPTH = 16;

/** The board as it is read from its bytes. */
function readBytes(json: string) {
  const scanned = scanState(Buffer.from(json), MAX_DEPTH);
  return readBoard(parseState(scanned), scanned.lists);
}

/** The points of a list in a solo board, read from its bytes. */
function pointsOf(list: string): Points {
  const [stroke] = readBytes(`{"activePageId":"p","pages":[{"strokes":[{"points":${list},"color":"red"}]}]}`).pages[0]!
    .strokes;
  return (stroke as Extract<typeof stroke, { points: Points }>).points;
}

const positions = (points: Points) =>
  Array.from({ length: points.length }, (_, index) => [points.x(index), points.y(index), points.pressure(index)]);

function pick<Value>(values: readonly Value[], random: () => number): Value {
  return values[Math.floor(random() * values.length)]!;
}

/** A decimal as JSON may write it. */
function decimal(random: () => number): string {
  const digits = (length: number) => Array.from({ length }, () => Math.floor(10 * random())).join('');
  const integer = random() < 0.3 ? '0' : `${1 + Math.floor(9 * random())}${digits(Math.floor(5 * random()))}`;
  const fraction = random() < 0.3 ? '' : `.${digits(1 + Math.floor(20 * random() ** 3))}`;
  const exponent = random() < 0.1 ? pick(['e2', 'E-3', 'e+1', 'e-400', 'e400'], random) : '';
  return `${random() < 0.2 ? '-' : ''}${integer}${fraction}${exponent}`;
}

/** A list of points as front ends write it, now and then with what is no point. */
function randomList(random: () => number): string {
  const blank = () => pick(['', '', '', ' ', '\n\t'], random);
  const member = (name: string) => `${blank()}"${name}"${blank()}:${blank()}${decimal(random)}${blank()}`;
  const isUnusual = random() < 0.3;
  const entries = Array.from({ length: Math.floor(20 * random()) }, () => {
    if (isUnusual && random() < 0.2) {
      return pick(
        [
          'null',
          '7',
          '"x"',
          '{}',
          '[]',
          '{"x":"1","y":2}',
          '{"\\u0078":1,"y":2}',
          '{"x":1,"y":2,"pressure":null}',
          '[[1],2]',
        ],
        random,
      );
    }
    if (random() < 0.3)
      return `[${blank()}${Array.from({ length: 1 + Math.floor(4 * random()) }, () => decimal(random)).join()}]`;
    const names = pick(
      [['x', 'y'], ['y', 'x', 'pressure'], ['x', 'y', 'pressure', 't'], ['x'], ['x', 'y', 'x']],
      random,
    );
    return `{${names.map(member).join()}}`;
  });
  return `${blank()}[${blank()}${entries.join(`${blank()},${blank()}`)}]${blank()}`;
}

describe('points in the bytes of a state', () => {
  it.each(Array.from({ length: 300 }, (_, seed) => seed))('are those of its parsed list (%i)', (seed) => {
    const list = randomList(seededRandom(seed));
    const stroke = (points: string) => `{"color":"red","size":3,"points":${points},"tool":"pen"}`;
    const json = `{"activePageId":"p","pages":[{"strokes":[${stroke(list)},${stroke('[[1,2],[3,4]]')}]}]}`;

    expect(readBytes(json)).toEqual(readBoard(JSON.parse(json)));
  });

  it.each([
    '0.1',
    '-0',
    '0.30000000000000004',
    '1234567.12345678',
    '1234567.123456789012',
    '0.000000000000001',
    '25e-8',
  ])('have the number nearest to %s', (text) => {
    expect(positions(pointsOf(`[[0,0],[${text},1]]`))[1]![0]).toBe(Number(text));
  });

  it('are found in the strokes of every generation', () => {
    const stroke = '{"tool":"pen","color":"red","points":[{"x":1,"y":2},{"x":3,"y":4}]}';

    for (const json of [`[${stroke}]`, `{"strokes":[${stroke}]}`, `{"pages":[{"width":9,"strokes":[${stroke}]}]}`]) {
      expect(readBytes(json)).toEqual(readBoard(JSON.parse(json)));
      expect(readBytes(json).pages[0]!.strokes).toHaveLength(1);
    }
  });

  it.each([
    ['points', `[${'[1,1],'.repeat(99)}[2,2]]`, 100],
    ['points and others', `[${'[1,1],'.repeat(99)}null]`, 99],
  ])('count once for each stroke that has a list of %s, also under the same number', (_, list, length) => {
    const { lists } = scanState(Buffer.from(`{"strokes":[{"points":${list}}]}`), MAX_DEPTH);
    const reader = new PointReader(lists);

    expect(reader.read(0, null)).toHaveLength(length);
    for (let stroke = 1; stroke < 50_000; stroke += 1) reader.read(0, null);
    expect(() => reader.read(0, null)).toThrow(BoardTooLargeError);
  });

  it('are read from the last member of a name, whatever an earlier one has', () => {
    expect(positions(pointsOf('[[9,9],[9,9]],"points":[[1,2],[3,4]]'))).toEqual([
      [1, 2, 0.5],
      [3, 4, 0.5],
    ]);
  });

  it('are read from a million short lists', () => {
    const count = 1_000_000;
    const scanned = scanState(
      Buffer.from(`{"strokes":[${'{"points":0},'.repeat(count)}{"points":[[1,2]]}]}`),
      MAX_DEPTH,
    );

    const { strokes } = parseState(scanned) as { strokes: { points: number }[] };

    expect(strokes).toHaveLength(count + 1);
    expect(strokes[count]!.points).toBe(count);
    expect(positions(new PointReader(scanned.lists).read(count, null))).toEqual([[1, 2, NaN]]);
  });

  it('must be UTF-8', () => {
    const json = Buffer.from('[{"points":["?"]}]');
    json[json.indexOf('?')] = 0xff;
    const scanned = scanState(json, MAX_DEPTH);

    expect(() => readBoard(parseState(scanned), scanned.lists)).toThrow(MalformedStateError);
  });
});
