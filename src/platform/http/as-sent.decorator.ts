import { Transform } from 'class-transformer';

/** The original of each object in a request, before keys such as `constructor` were removed. */
const SENT = new WeakMap<object, Json>();

type Json = Readonly<Record<string, unknown>>;

/**
 * The value as it was sent, for objects whose keys are data, such as the names of columns. Nest and class-transformer silently
 * drop the keys `constructor`, `prototype` and `__proto__` at every depth. A dropped filter would export more rows than
 * requested. Read only the own keys of such a value.
 */
export const AsSent = (): PropertyDecorator =>
  Transform(({ obj, key }: { obj: Json; key: string }) => (SENT.get(obj) ?? obj)[key], { toClassOnly: true });

/** Remembers a request for `AsSent`, before keys are dropped. */
export function keepAsSent(request: unknown): void {
  remember(request, structuredClone(request));
}

/** The request before keys were dropped. */
export function asSent(request: unknown): unknown {
  return isObject(request) ? (SENT.get(request) ?? request) : request;
}

function remember(given: unknown, sent: unknown): void {
  if (!isObject(given) || !isObject(sent)) return;
  SENT.set(given, sent);
  for (const key of Object.keys(sent)) remember(given[key], sent[key]);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
