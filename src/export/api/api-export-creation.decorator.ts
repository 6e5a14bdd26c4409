import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiPropertyOptional,
  type ApiResponseNoStatusOptions,
} from '@nestjs/swagger';
import { IsNumber, IsOptional, IsPositive, IsBoolean, IsIn } from 'class-validator';
import { MAX_WAIT_SECONDS } from './creation-responder';
import { type ContentKind, optionsOf } from '../../formats';

const integer = { type: 'integer' as const };
const text = { type: 'string' as const };

export const RATE_LIMIT_HEADERS = {
  'RateLimit-Policy': { description: 'How many requests a user may make in a window', schema: text },
  RateLimit: { description: 'What remains of it', schema: text },
};

export const EXPORT_CREATION_HEADERS = {
  'RateLimit-Policy': { description: 'How many exports a user may request in a window', schema: text },
  RateLimit: RATE_LIMIT_HEADERS.RateLimit,
  Location: { description: 'The URL of the status', schema: text },
  'Retry-After': { description: 'Seconds to wait before asking for the status', schema: integer },
};

// The schema is that of the export alone: a union would make clients in typed languages tell the two apart after every request.
const REPEAT =
  'A repeat: the earlier request created it. With `dry_run`: the estimate, as `POST /exports/estimate` returns it';

export const WAIT_HEADERS = {
  'Preference-Applied': {
    description: '`wait=N`, if the response waited until the export was finished or for N seconds',
    schema: text,
  },
};

const PREFER = ApiHeader({
  name: 'Prefer',
  required: false,
  schema: { type: 'string' },
  example: 'wait=10',
  description:
    `RFC 7240. With \`wait=N\`, N up to ${MAX_WAIT_SECONDS}, the response waits until the export is finished, at most N ` +
    'seconds. It does not wait while too many requests wait: without `Preference-Applied`, follow the export as usual.',
});

/**
 * Documents what all routes that create exports share.
 * @param streamed the response of a route that can stream the rows
 * @param waits whether the response may wait for the export
 */
export function ApiExportCreation(
  type: Type,
  { streamed, waits = true }: { readonly streamed?: ApiResponseNoStatusOptions; readonly waits?: boolean } = {},
): MethodDecorator {
  const headers = { ...EXPORT_CREATION_HEADERS, ...(waits && WAIT_HEADERS) };
  return applyDecorators(
    ...(waits ? [PREFER] : []),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'A repeat under the same key creates no second export. X-Idempotency-Key works too.',
    }),
    ApiCreatedResponse({ type, headers }),
    ApiOkResponse(streamed ?? { type, description: REPEAT, ...(waits && { headers: WAIT_HEADERS }) }),
  );
}

/** The field `dry_run` of a request. */
export function DryRun(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: Boolean,
      description:
        'Only estimate the export: nothing is recorded, and no limit of exports counts it. The response is that of ' +
        '`POST /exports/estimate`.',
    }),
    IsOptional(),
    IsBoolean(),
  );
}

/** The field `retention_days` of a request. The maximum is checked by the service, which knows its configuration. */
export function RetentionDays(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: 'number',
      minimum: 0,
      example: 0.5,
      description: 'Days to keep the file, above 0. The default is the maximum.',
    }),
    IsOptional(),
    IsNumber({}, { message: 'retention_days must be a number' }),
    IsPositive({ message: 'retention_days must be above 0' }),
  );
}

interface Documentation {
  /** Document `false` as the default of switches. Generators of clients treat a property with a default as required. */
  readonly showsFalse?: boolean;
}

/** Adds the options of every format for a kind of content to a body, validated and documented as the formats declare. */
export function FormatOptions(content: ContentKind, { showsFalse = false }: Documentation = {}): ClassDecorator {
  return ({ prototype }) => {
    for (const { name, option, formats } of optionsOf(content)) {
      const description = `${formats.join(', ')}: ${option.description}`;
      const isShown = option.default !== undefined && (showsFalse || option.default !== false);
      const documentation = ApiPropertyOptional({
        ...(option.type === 'boolean' ? { type: Boolean } : { enum: [...option.values] }),
        ...(isShown && { default: option.default }),
        description,
      });
      const validation = option.type === 'boolean' ? IsBoolean() : IsIn(option.values);
      for (const decorate of [documentation, IsOptional(), validation]) decorate(prototype as object, name);
    }
  };
}
