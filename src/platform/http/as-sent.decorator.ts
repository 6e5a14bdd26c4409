import { Transform } from 'class-transformer';

/** By each object of a request, what it was before keys such as `constructor` were taken out of it. */
const SENT = new WeakMap<object, Json>();

type Json = Readonly<Record<string, unknown>>;

/**
 * The value as it was sent, for objects whose keys are names of others. Nest and class-transformer drop `constructor`,
 * `prototype` and `__proto__` at every depth without a word, and with them what was said of a table or column of that
 * name: a filter that disappears widens what is given. Such a value is to be read by its own keys alone.
 */
export const AsSent = (): PropertyDecorator =>
  Transform(({ obj, key }: { obj: Json; key: string }) => (SENT.get(obj) ?? obj)[key], { toClassOnly: true });

/** Remembers a request for `AsSent`, before anything is dropped from it. */
export function keepAsSent(request: unknown): void {
  remember(request, structuredClone(request));
}

/** What a request was before anything was dropped from it. */
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
