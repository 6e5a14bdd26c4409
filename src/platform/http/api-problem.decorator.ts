import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import type { FieldCode } from '../errors/field-codes';
import type { ProblemCode } from '../errors/problem-codes';
import { ApiFieldCode, ApiProblemCode } from './api-codes.decorator';

const nullableInteger = { type: 'integer', nullable: true } as const;

class RefusedEstimate {
  @ApiProperty(nullableInteger)
  readonly record_count!: number | null;

  @ApiProperty({ ...nullableInteger, description: 'Bytes' })
  readonly file_size!: number | null;

  @ApiProperty({ type: 'number', nullable: true })
  readonly duration_seconds!: number | null;
}

class FieldProblem {
  @ApiProperty({ example: 'format' })
  readonly field!: string;

  @ApiProperty({ example: 'must be png, pdf or json' })
  readonly message!: string;

  @ApiFieldCode()
  readonly code!: FieldCode;
}

/** RFC 9457 */
class ProblemResponse {
  @ApiProperty({ example: 'about:blank' })
  readonly type!: string;

  @ApiProperty({ description: 'The name of the status' })
  readonly title!: string;

  @ApiProperty({ type: 'integer' })
  readonly status!: number;

  @ApiProperty({ description: 'What happened, for a person' })
  readonly detail!: string;

  @ApiProperty({ description: 'The same as `detail`' })
  readonly error!: string;

  @ApiProblemCode()
  readonly code!: ProblemCode;

  @ApiProperty({ description: 'The X-Request-Id of this answer: name it when you report the problem' })
  readonly request_id!: string;

  @ApiProperty({ type: [FieldProblem], required: false, description: 'What is wrong with which field' })
  readonly errors?: FieldProblem[];

  @ApiProperty({ type: 'integer', required: false, description: 'Of a quota: what is in use' })
  readonly used?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'Of a quota: what is allowed' })
  readonly limit?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'Of a quota: what the request would add' })
  readonly requested?: number;

  @ApiProperty({ type: 'integer', required: false, description: 'Of a board that another client saved: its revision' })
  readonly rev?: number;

  @ApiProperty({
    type: RefusedEstimate,
    required: false,
    description: 'Of an export that is too large: what it would be',
  })
  readonly estimate?: RefusedEstimate;
}

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' as const } } };

const WITH_RETRY_AFTER: readonly number[] = [409, 429, 503];

/** Documents the error responses of a route. 503 is added to all of them. */
export function ApiProblems(...statuses: readonly number[]): ClassDecorator & MethodDecorator {
  return applyDecorators(
    ApiExtraModels(ProblemResponse),
    ...[...statuses, 503].map((status) =>
      ApiResponse({
        status,
        description: STATUS_CODES[status] ?? 'Error',
        content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemResponse) } } },
        ...(WITH_RETRY_AFTER.includes(status) && { headers: RETRY_AFTER }),
      }),
    ),
  );
}
