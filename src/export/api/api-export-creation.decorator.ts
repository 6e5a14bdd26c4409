import { applyDecorators, type Type } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, type ApiResponseNoStatusOptions } from '@nestjs/swagger';

const integer = { type: 'integer' as const };
const text = { type: 'string' as const };

export const EXPORT_CREATION_HEADERS = {
  'RateLimit-Policy': { description: 'How many exports a user may ask for in a window', schema: text },
  RateLimit: { description: 'What is left of it', schema: text },
  Location: { description: 'Where the status is', schema: text },
  'Retry-After': { description: 'Seconds after which the status is worth asking for', schema: integer },
};

const REPEAT = 'A repeat of a request that made it before';

/**
 * Documents what every route has in common that asks for an export.
 * @param streamed the answer with the rows themselves, of a route that has one; a repeat is answered with the record there too
 */
export function ApiExportCreation(type: Type, streamed?: ApiResponseNoStatusOptions): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'A repeat under the same key makes no second export. X-Idempotency-Key does as well.',
    }),
    ApiCreatedResponse({ type, headers: EXPORT_CREATION_HEADERS }),
    ApiOkResponse(streamed ?? { type, description: REPEAT }),
  );
}
