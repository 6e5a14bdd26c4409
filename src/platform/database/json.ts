import type { Prisma } from './generated/client';

/** A value for a JSON column, key by key as it is: Prisma copies plain objects, and loses a key `__proto__` on the way. */
export function jsonOf(value: object): Prisma.InputJsonValue {
  return { toJSON: () => value };
}
