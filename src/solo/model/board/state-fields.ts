import { limits } from './board';
import { hasColour, toColour } from './colour';

/** A JSON object. Its fields are only read by name, never merged or copied. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What Konva draws a line with that has no size. */
export const DEFAULT_LINE_WIDTH = 2;
/** What perfect-freehand draws a stroke with that has no size. */
export const DEFAULT_FREEHAND_SIZE = 16;

const BLACK = '#000000';

/** The value as an object, or `null` when it is anything else, including an array. */
export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** The objects in a list. Anything but an array is an empty list. */
export function asObjects(value: unknown): JsonObject[] {
  const objects: JsonObject[] = [];
  for (const entry of asList(value)) {
    const object = asObject(entry);
    if (object !== null) objects.push(object);
  }
  return objects;
}

/** The object's own field. Inherited names such as `constructor` and `__proto__` are not fields. */
export function field(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function hasField(object: JsonObject, name: string): boolean {
  return field(object, name) !== undefined;
}

/** A number clamped to `min`..`max`, or `fallback` when the value is not a number. */
export function toNumber<T>(value: unknown, min: number, max: number, fallback: T): number | T {
  if (typeof value !== 'number' || Number.isNaN(value)) return fallback;
  return Math.min(max, Math.max(min, value));
}

/** A string cut to `maxLength` UTF-16 units. A number is formatted; any other value is `''`. */
export function toText(value: unknown, maxLength: number): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.slice(0, maxLength) : '';
}

/** A coordinate; 0 when it is missing. */
export function readCoordinate(object: JsonObject, name: string): number {
  return toNumber(field(object, name), -limits.coordinate, limits.coordinate, 0);
}

/** A length that is not negative; `null` when it is missing. */
export function readLength(object: JsonObject, name: string): number | null {
  return toNumber(field(object, name), 0, limits.coordinate, null);
}

/** `size`, or `thickness` as on the first lesson boards. */
export function readSize(object: JsonObject, fallback: number): number {
  const size = toNumber(field(object, 'size'), 0, limits.lineWidth, null);
  return size ?? toNumber(field(object, 'thickness'), 0, limits.lineWidth, fallback);
}

export function readOpacity(object: JsonObject): number {
  return toNumber(field(object, 'opacity'), 0, 1, 1);
}

export function readFontSize(object: JsonObject, name: string, fallback: number): number {
  return toNumber(field(object, name), 0, limits.fontSize, fallback);
}

/** In degrees. */
export function readRotation(object: JsonObject): number {
  return toNumber(field(object, 'rotation'), -limits.coordinate, limits.coordinate, 0) % 360;
}

/** The colour of a stroke or shape; `null` when it has none and is not drawn. */
export function readColour(object: JsonObject): string | null {
  const value = field(object, 'color');
  return hasColour(value) ? toColour(value, BLACK) : null;
}

/** Text without a colour is black. */
export function readTextColour(object: JsonObject): string {
  return toColour(field(object, 'color'), BLACK);
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
