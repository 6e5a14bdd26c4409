/** How much there is to draw of a shape. */
export interface Outline {
  /** Pieces of the outline; markers are drawn between them. */
  readonly segments: number;
  /** About as long as the outline, in its own units; never much less. */
  readonly length: number;
}

type Attributes = ReadonlyMap<string, string>;

const NO_OUTLINE: Outline = { segments: 0, length: 0 };
const TOKEN = /[a-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi;
/** How many numbers each command of a path takes, and at which of them the new point is. */
const COMMANDS: Readonly<Record<string, number>> = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, q: 4, t: 2, a: 7, z: 0 };

/** The outline of an element; an empty one for what is no shape. */
export function outlineOf(element: string, attributes: Attributes): Outline {
  const number = (name: string) => Math.abs(Number.parseFloat(attributes.get(name) ?? '0')) || 0;
  switch (element) {
    case 'path':
      return pathOutline(attributes.get('d') ?? '');
    case 'polyline':
    case 'polygon':
      return pathOutline(`M${attributes.get('points') ?? ''}`);
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

/** Walks along a path. A curve counts as long as the lines through its control points are. */
function pathOutline(data: string): Outline {
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

/** An arc may go nearly all the way round. */
function arcExcess(command: string, numbers: readonly number[]): number {
  if (command !== 'a' && command !== 'A') return 0;
  return 2 * Math.PI * Math.max(Math.abs(numbers[0] ?? 0), Math.abs(numbers[1] ?? 0));
}

/** The points that a command goes through, as absolute coordinates. */
function pointsOf(command: string, numbers: readonly number[], x: number, y: number): [number, number][] {
  const relative = command === command.toLowerCase();
  const [originX, originY] = relative ? [x, y] : [0, 0];
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
