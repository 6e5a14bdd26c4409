/** An object out of JSON; its fields are only ever read by name, never merged or copied. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object, or `null` when it is anything else (an array, too). */
export function objectOf(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** The value as a list; anything but an array is an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The objects among the entries of a list. */
export function objectsOf(value: unknown): JsonObject[] {
  const objects: JsonObject[] = [];
  for (const entry of listOf(value)) {
    const object = objectOf(entry);
    if (object !== null) objects.push(object);
  }
  return objects;
}

/** The object's own field; what it inherits (`constructor`, `__proto__`) is no field. */
export function field(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function hasField(object: JsonObject, name: string): boolean {
  return field(object, name) !== undefined;
}

/** A finite number within `min`..`max` (clamped), or `fallback` where there is none. */
export function numberOf<T>(value: unknown, min: number, max: number, fallback: T): number | T {
  if (typeof value !== 'number' || Number.isNaN(value)) return fallback;
  return Math.min(max, Math.max(min, value));
}

/** A string cut to `maxLength` UTF-16 units; `''` for anything else but a number, which is written out. */
export function textOf(value: unknown, maxLength: number): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.slice(0, maxLength) : '';
}
