import { Transform } from 'class-transformer';

/**
 * The value as it was sent, for objects whose keys are names of others: class-transformer drops `constructor` and
 * `__proto__` at every depth without a word, and with them what was said of a table or column of that name. Such a value is
 * to be read by its own keys alone.
 */
export const AsSent = (): PropertyDecorator =>
  Transform(({ obj, key }: { obj: Readonly<Record<string, unknown>>; key: string }) => obj[key], { toClassOnly: true });
