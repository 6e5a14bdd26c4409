import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsNumber, IsOptional, IsPositive } from 'class-validator';

/** The field by which whoever asks for an export says how long its file is kept. The service knows how long it may be. */
export function RetentionDays(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: 'number',
      minimum: 0,
      example: 0.5,
      description: 'For how many days the file is kept, above 0, where that shall be shorter than usual',
    }),
    IsOptional(),
    IsNumber({}, { message: 'retention_days must be a number' }),
    IsPositive({ message: 'retention_days must be above 0' }),
  );
}
