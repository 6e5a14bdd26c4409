import { type RouterLayer, sortRoutes } from './route-order';

const MIDDLEWARE: RouterLayer = {};

function sorted(...paths: readonly (string | null)[]): (string | null)[] {
  const stack = paths.map((path): RouterLayer => (path === null ? MIDDLEWARE : { route: { path } }));
  sortRoutes(stack);
  return stack.map(({ route }) => (route ? (route.path as string) : null));
}

describe('sortRoutes', () => {
  it('puts fixed segments before parameters', () => {
    expect(sorted('/exports/:id', '/exports/scheduled')).toEqual(['/exports/scheduled', '/exports/:id']);
  });

  it('compares the first segment that differs', () => {
    expect(sorted('/exports/:id/deliveries', '/exports/scheduled/:id')).toEqual([
      '/exports/scheduled/:id',
      '/exports/:id/deliveries',
    ]);
  });

  it('keeps the order of routes of the same shape', () => {
    expect(sorted('/b/:id', '/a/:id', '/b/:name')).toEqual(['/b/:id', '/a/:id', '/b/:name']);
  });

  it('keeps middleware in its place, with or without a path', () => {
    expect(sorted(null, '/a/:id', '/*splat', '/a/b')).toEqual([null, '/a/b', '/*splat', '/a/:id']);
  });
});
