import { isEmail } from 'class-validator';

export const MAX_ADDRESS_LENGTH = 254;

/** Whether mail can be sent to it: one bare address, with nothing in it that could end a header or begin a second one. */
export function isMailAddress(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_ADDRESS_LENGTH &&
    !/[\s\p{C}"<>(),;:\\]/u.test(value) &&
    isEmail(value)
  );
}
