import { getStroke } from 'perfect-freehand';
import { seededRandom } from '../../../../test/support/random';
import type { FreehandOptions } from '../../model/board/board';
import { Points } from '../../model/board/points';
import { computeOutline } from './freehand-outline';

const pen: FreehandOptions = { size: 6, simulatePressure: true, spline: false, roundedOutline: false };

type Point = [number, number] | [number, number, number];

/** The vertices of perfect-freehand itself, in turn. */
const expected = (points: Point[], { size, simulatePressure }: FreehandOptions): number[] =>
  getStroke(points, { size, simulatePressure, thinning: 0.5, smoothing: 0.5, streamline: 0.5 }).flat();

function expectEqual(points: Point[], options: FreehandOptions): void {
  const outline = [...computeOutline(Points.of(points), options)];

  const vertices = expected(points, options);
  expect(outline).toHaveLength(vertices.length);
  const differences = outline.map((value, index) => Math.abs(value - vertices[index]!));
  expect(Math.max(0, ...differences)).toBeLessThan(1e-6);
}

/** A stroke that wanders, turns sharply, rests and repeats points. */
function scribble(length: number, random: () => number, hasPressure: boolean): Point[] {
  let [x, y, angle] = [100 * random(), 100 * random(), 0];
  return Array.from({ length }, () => {
    angle += random() < 0.1 ? Math.PI * random() : random() - 0.5;
    const step = random() < 0.1 ? 0 : 8 * random();
    x += step * Math.cos(angle);
    y += step * Math.sin(angle);
    return hasPressure && random() < 0.9 ? [x, y, random()] : [x, y];
  });
}

describe('computeOutline', () => {
  it.each<{ shape: string; points: Point[] }>([
    { shape: 'no point', points: [] },
    { shape: 'one point', points: [[10, 20]] },
    { shape: 'one point with a pressure', points: [[10, 20, 0.9]] },
    {
      shape: 'two points',
      points: [
        [10, 20],
        [40, 60],
      ],
    },
    {
      shape: 'two points with pressures',
      points: [
        [10, 20, 0.1],
        [40, 60, 1],
      ],
    },
    {
      shape: 'equal points',
      points: [
        [10, 20],
        [10, 20],
        [10, 20],
      ],
    },
    {
      shape: 'a stroke shorter than its width',
      points: [
        [10, 20],
        [11, 20],
        [12, 20],
        [12, 21],
      ],
    },
    {
      shape: 'a stroke there and back',
      points: [
        [0, 0],
        [50, 0],
        [100, 0],
        [50, 0],
        [0, 0],
      ],
    },
  ])('returns the vertices of perfect-freehand for $shape', ({ points }) => {
    expectEqual(points, pen);
    expectEqual(points, { ...pen, simulatePressure: false });
  });

  it.each(Array.from({ length: 50 }, (_, seed) => seed))('does so for scribble %i', (seed) => {
    const random = seededRandom(seed);
    const options = { ...pen, size: 1 + 20 * random(), simulatePressure: seed % 2 === 0 };

    expectEqual(scribble(3 + Math.floor(2000 * random() ** 3), random, seed % 3 > 0), options);
  });

  it('joins at least four points by a spline first', () => {
    const corners: Point[] = [
      [0, 0, 0.2],
      [50, 0, 0.4],
      [50, 50, 0.6],
      [0, 50, 0.8],
    ];

    const [straight, curved] = [false, true].map((spline) => computeOutline(Points.of(corners), { ...pen, spline }));

    const rightmost = (outline?: Float64Array) => Math.max(...outline!.filter((_, index) => index % 2 === 0));
    expect(rightmost(curved)).toBeGreaterThan(rightmost(straight));
  });

  it('is empty for a stroke without a width', () => {
    expect(
      computeOutline(
        Points.of([
          [0, 0],
          [50, 50],
        ]),
        { ...pen, size: 0 },
      ),
    ).toHaveLength(0);
  });
});
