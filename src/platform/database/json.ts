import type { Prisma } from './generated/client';

/** A value for a JSON column. Prisma would copy a plain object, and lose a key `__proto__`. */
export function jsonOf(value: object): Prisma.InputJsonValue {
  return { toJSON: () => value };
}
