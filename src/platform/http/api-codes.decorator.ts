import { ApiProperty } from '@nestjs/swagger';
import { FIELD_CODES, PROBLEM_CODES } from '../errors/problem-codes';
import {
  DELIVERY_CODES,
  FAILURE_CODES,
  PAUSE_CODES,
  RUN_CODES,
  SCHEDULE_WARNING_CODES,
  WARNING_CODES,
} from '../errors/record-codes';

const NEW_CODES = 'Later versions add codes: show the text beside a code that is unknown.';
const OF_ERROR = `The code of \`error\`, for a program. ${NEW_CODES}`;

const problems = Object.keys(PROBLEM_CODES);
const failures = [...problems, ...Object.keys(FAILURE_CODES)];

/** The code of a problem. */
export function ApiProblemCode(): PropertyDecorator {
  const description = `What happened, for a program. ${NEW_CODES}`;
  return ApiProperty({ enum: problems, enumName: 'ProblemCode', description });
}

/** The code of a wrong field. */
export function ApiFieldCode(): PropertyDecorator {
  return ApiProperty({ enum: Object.keys(FIELD_CODES), enumName: 'FieldCode', description: NEW_CODES });
}

/** The code beside the `error` of an export. */
export function ApiFailureCode(): PropertyDecorator {
  return ApiProperty({ enum: failures, enumName: 'FailureCode', nullable: true, description: OF_ERROR });
}

/** The code beside the `error` of a schedule's run. */
export function ApiRunFailureCode(): PropertyDecorator {
  const codes = [...failures, ...Object.keys(RUN_CODES)];
  return ApiProperty({ enum: codes, enumName: 'RunFailureCode', nullable: true, description: OF_ERROR });
}

/** The codes beside the `warnings` of an export. */
export function ApiWarningCodes(): PropertyDecorator {
  const description = `The code of each of \`warnings\`, in the same order. ${NEW_CODES}`;
  return ApiProperty({ enum: Object.keys(WARNING_CODES), enumName: 'WarningCode', isArray: true, description });
}

/** The code beside the `error` of a delivery. */
export function ApiDeliveryCode(): PropertyDecorator {
  const codes = Object.keys(DELIVERY_CODES);
  return ApiProperty({ enum: codes, enumName: 'DeliveryCode', nullable: true, description: OF_ERROR });
}

/** The code beside the `paused_reason` of a schedule. */
export function ApiPauseCode(): PropertyDecorator {
  const description = `The code of \`paused_reason\`, for a program. ${NEW_CODES}`;
  return ApiProperty({ enum: Object.keys(PAUSE_CODES), enumName: 'PauseCode', nullable: true, description });
}

/** The codes beside the `warnings` of a schedule. */
export function ApiScheduleWarningCodes(): PropertyDecorator {
  const description = `The code of each of \`warnings\`, in the same order. ${NEW_CODES}`;
  const codes = Object.keys(SCHEDULE_WARNING_CODES);
  return ApiProperty({ enum: codes, enumName: 'ScheduleWarningCode', isArray: true, description });
}
