import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { DomainError, type FieldError } from '../errors/domain-error';
import type { FieldCode } from '../errors/field-codes';
import { asSent, keepAsSent } from './as-sent.decorator';

/** Validates bodies and queries against their DTOs, and refuses unknown fields by name. */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      exceptionFactory: (errors) => DomainError.invalidRequest(...fieldErrors(errors)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const read = (await super.transform(value, metadata)) as unknown;
    const lost = lostFields(asSent(value), read);
    if (lost.length > 0) throw DomainError.invalidRequest(...lost);
    return read;
  }

  protected override stripProtoKeys(value: Record<string, unknown>): void {
    keepAsSent(value);
    super.stripProtoKeys(value);
  }
}

/** Fields that Nest and class-transformer dropped before validation: names that every object inherits. */
function lostFields(given: unknown, read: unknown, parent = ''): FieldError[] {
  if (!isDto(read) || typeof given !== 'object' || given === null) return [];
  return Object.entries(given).flatMap(([key, member]) => {
    const field = parent + key;
    if (Object.hasOwn(read, key)) return lostFields(member, read[key], `${field}.`);
    return [{ field, message: `property ${key} should not exist`, code: 'unknown-field' }];
  });
}

/** Whether the value is an instance of a DTO class. */
function isDto(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Buffer.isBuffer(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && prototype !== Object.prototype;
}

function fieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap((error) => {
    const field = parent === '' ? error.property : `${parent}.${error.property}`;
    const message = firstMessage(error);
    const own = message === null ? [] : [{ field, message, code: codeOf(error) }];
    return [...own, ...fieldErrors(error.children ?? [], field)];
  });
}

function codeOf({ value, constraints = {} }: ValidationError): FieldCode {
  if ('whitelistValidation' in constraints) return 'unknown-field';
  return value === undefined ? 'required' : 'invalid';
}

/** Type errors come before errors of length or range. */

const KIND = /^is(Defined|String|Number|Int|Boolean|Array|Object)$/;

function firstMessage({ property, constraints = {} }: ValidationError): string | null {
  const broken = Object.entries(constraints);
  const [, message = null] = broken.find(([name]) => KIND.test(name)) ?? broken[0] ?? [];
  return message?.startsWith('nested property') ? `${property} must be an object` : message;
}
