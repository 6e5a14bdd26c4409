/** The size of a shape's outline. */
export interface Outline {
  /** The number of segments, between which markers are drawn. */
  readonly segments: number;
  /** The approximate length in user units, never much too small. */
  readonly length: number;
}

type Attributes = ReadonlyMap<string, string>;

const NO_OUTLINE: Outline = { segments: 0, length: 0 };
const TOKEN = /[a-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi;
/** The number of arguments of each path command. */
const COMMANDS: Readonly<Record<string, number>> = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, q: 4, t: 2, a: 7, z: 0 };

/** Measures the outline of an element; it is empty when the element is not a shape. */
export function measureShape(element: string, attributes: Attributes): Outline {
  const number = (name: string) => Math.abs(Number.parseFloat(attributes.get(name) ?? '0')) || 0;
  switch (element) {
    case 'path':
      return measurePath(attributes.get('d') ?? '');
    case 'polyline':
    case 'polygon':
      return measurePath(`M${attributes.get('points') ?? ''}`);
    case 'rect':
      return { segments: 4, length: 2 * (number('width') + number('height')) };
    case 'circle':
      return { segments: 4, length: 2 * Math.PI * number('r') };
    case 'ellipse':
      return { segments: 4, length: 2 * Math.PI * Math.max(number('rx'), number('ry')) };
    case 'line':
      return { segments: 1, length: number('x1') + number('x2') + number('y1') + number('y2') };
    default:
      return NO_OUTLINE;
  }
}

/** Measures a path. A curve counts as the lines through its control points. */
function measurePath(data: string): Outline {
  let segments = 0;
  let length = 0;
  let [x, y] = [0, 0];
  let command = '';
  let numbers: number[] = [];
  const moveTo = (toX: number, toY: number) => {
    length += Math.hypot(toX - x, toY - y);
    [x, y] = [toX, toY];
  };
  for (const [token] of data.matchAll(TOKEN)) {
    if (/[a-z]/i.test(token)) {
      command = token;
      numbers = [];
      if (/z/i.test(token)) segments += 1;
      continue;
    }
    numbers.push(Number(token));
    const count = COMMANDS[command.toLowerCase()];
    if (count === undefined || count === 0) numbers = [];
    else if (numbers.length === count) {
      segments += 1;
      length += arcExcess(command, numbers);
      for (const [toX, toY] of pointsOf(command, numbers, x, y)) moveTo(toX, toY);
      numbers = [];
    }
  }
  return { segments, length };
}

/** An arc may be nearly a full ellipse. */
function arcExcess(command: string, numbers: readonly number[]): number {
  if (command !== 'a' && command !== 'A') return 0;
  return 2 * Math.PI * Math.max(Math.abs(numbers[0] ?? 0), Math.abs(numbers[1] ?? 0));
}

/** The points of a command in absolute coordinates. */
function pointsOf(command: string, numbers: readonly number[], x: number, y: number): [number, number][] {
  const isRelative = command === command.toLowerCase();
  const [originX, originY] = isRelative ? [x, y] : [0, 0];
  const [first = 0] = numbers;
  if (command === 'h' || command === 'H') return [[originX + first, y]];
  if (command === 'v' || command === 'V') return [[x, originY + first]];
  const coordinates = command === 'a' || command === 'A' ? numbers.slice(5) : numbers;
  const points: [number, number][] = [];
  for (let at = 0; at + 1 < coordinates.length; at += 2) {
    points.push([originX + (coordinates[at] ?? 0), originY + (coordinates[at + 1] ?? 0)]);
  }
  return points;
}
