import { ApiProperty } from '@nestjs/swagger';
import { FIELD_CODES } from '../errors/field-codes';
import { PROBLEM_CODES } from '../errors/problem-codes';

const NEW_CODES = 'Later versions add codes: show the text beside a code that is unknown.';

/** The code of a problem. */
export function ApiProblemCode(): PropertyDecorator {
  const description = `What happened, for a program. ${NEW_CODES}`;
  return ApiProperty({ enum: Object.keys(PROBLEM_CODES), enumName: 'ProblemCode', description });
}

/** The code of a wrong field. */
export function ApiFieldCode(): PropertyDecorator {
  return ApiProperty({ enum: Object.keys(FIELD_CODES), enumName: 'FieldCode', description: NEW_CODES });
}

/** The code beside a text of a record. */
export function ApiTextCode(enumName: string, codes: readonly string[], text = 'error'): PropertyDecorator {
  const description = `The code of \`${text}\`, for a program. ${NEW_CODES}`;
  return ApiProperty({ enum: [...codes], enumName, nullable: true, description });
}

/** The codes beside the `warnings` of a record. */
export function ApiWarningCodes(enumName: string, codes: readonly string[]): PropertyDecorator {
  const description = `The code of each of \`warnings\`, in the same order. ${NEW_CODES}`;
  return ApiProperty({ enum: [...codes], enumName, isArray: true, description });
}
