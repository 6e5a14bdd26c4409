import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { DomainError } from '../errors/domain-error';

const VALID_KEY = /^[\x21-\x7e]{1,255}$/;

/** The client's idempotency key, or `null`. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string | null => {
  const request = context.switchToHttp().getRequest<Request>();
  const key = request.get('Idempotency-Key') ?? request.get('X-Idempotency-Key');
  if (key === undefined) return null;
  if (VALID_KEY.test(key)) return key;
  throw DomainError.invalid(
    'invalid-idempotency-key',
    'The Idempotency-Key must be 1 to 255 printable ASCII characters',
    {
      field: 'Idempotency-Key',
      message: 'must be 1 to 255 printable ASCII characters without spaces',
    },
  );
});
