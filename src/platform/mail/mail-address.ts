import { isEmail } from 'class-validator';

export const MAX_ADDRESS_LENGTH = 254;

/** Whether it is one plain address, without anything that could end a header or add a second receiver. */
export function isMailAddress(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_ADDRESS_LENGTH &&
    !/[\s\p{C}"<>(),;:\\]/u.test(value) &&
    isEmail(value)
  );
}
