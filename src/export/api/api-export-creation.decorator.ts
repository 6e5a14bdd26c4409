import { applyDecorators, type Type } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, type ApiResponseNoStatusOptions } from '@nestjs/swagger';
import { MAX_WAIT_SECONDS } from '../../platform/http/prefer-wait';

const integer = { type: 'integer' as const };
const text = { type: 'string' as const };

export const EXPORT_CREATION_HEADERS = {
  'RateLimit-Policy': { description: 'How many exports a user may ask for in a window', schema: text },
  RateLimit: { description: 'What is left of it', schema: text },
  Location: { description: 'Where the status is', schema: text },
  'Retry-After': { description: 'Seconds after which the status is worth asking for', schema: integer },
};

const REPEAT = 'A repeat of a request that made it before';

export const WAIT_HEADERS = {
  'Preference-Applied': {
    description: '`wait=` and seconds, where the answer waited until the export was finished, or so long',
    schema: text,
  },
};

const PREFER = ApiHeader({
  name: 'Prefer',
  required: false,
  schema: { type: 'string' },
  example: 'wait=10',
  description:
    `RFC 7240. With \`wait=N\`, N up to ${MAX_WAIT_SECONDS}, the answer is sent when the export is finished, or after N ` +
    'seconds. It does not wait where too many do; without `Preference-Applied`, follow the export as usual.',
});

/**
 * Documents what all routes that create exports have in common.
 * @param streamed the answer with the rows themselves, of a route that has one; a repeat is answered with the record there too
 * @param waits whether its answer may wait for the export
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
      description: 'A repeat under the same key makes no second export. X-Idempotency-Key does as well.',
    }),
    ApiCreatedResponse({ type, headers }),
    ApiOkResponse(streamed ?? { type, description: REPEAT, ...(waits && { headers: WAIT_HEADERS }) }),
  );
}
