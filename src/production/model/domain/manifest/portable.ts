/**
 * A JSON value of which every JSON library writes the same text: libraries differ in how they write fractions and large
 * numbers, so these become texts.
 */
export function toPortable(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(toPortable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toPortable(member)]));
}
