import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsNumber, IsOptional, IsPositive } from 'class-validator';

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
