import { applyDecorators } from '@nestjs/common';
import { IsISO8601, Matches } from 'class-validator';

/** A day, or a time with its zone. PostgreSQL and JavaScript write these years alike. */
const MOMENT = /^(19|2\d)\d\d-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

const message = '$property must be a day such as 2026-11-20, or a time with its zone such as 2026-11-20T08:00:00Z';

/** A text that `new Date` can parse. A day alone means midnight in UTC. */
export function IsMoment(): PropertyDecorator {
  return applyDecorators(Matches(MOMENT, { message }), IsISO8601({ strict: true }, { message }));
}
