import { Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { DomainError, type FieldError } from '../errors/domain-error';
import { keepAsSent } from './as-sent.decorator';

/** Checks bodies and queries against their DTOs: unknown fields are refused by name, nothing is guessed. */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: true,
      exceptionFactory: (errors) =>
        DomainError.invalid('invalid-request', 'The request is not valid', ...fieldErrors(errors)),
    });
  }

  protected override stripProtoKeys(value: Record<string, unknown>): void {
    keepAsSent(value);
    super.stripProtoKeys(value);
  }
}

function fieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap((error) => {
    const field = parent === '' ? error.property : `${parent}.${error.property}`;
    const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
    return [...own, ...fieldErrors(error.children ?? [], field)];
  });
}
