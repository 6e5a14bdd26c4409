import { applyDecorators } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { LONGEST_NAME as LONGEST_USER_ID } from '../../platform/auth/caller';
import { RawBody } from '../../platform/http/body.decorator';
import { LONGEST_NAME } from '../model/domain/solo-session';

/** Room for the name and whatever else stands around the state. */
const ENVELOPE_BYTES = 64 * 1024;

const SESSION = {
  name: { type: 'string' as const, maxLength: LONGEST_NAME },
  state: { description: 'The board as the front end keeps it: any JSON', nullable: true },
};

const USER_ID = {
  type: 'string' as const,
  minLength: 1,
  maxLength: LONGEST_USER_ID,
  description: 'Whose the session will be: the `sub` of their tokens',
};

/**
 * A route whose body is a session, taken as bytes.
 * @param ofUser whether it says for which user
 */
export function ApiSessionBody({ ofUser = false } = {}): MethodDecorator {
  const schema = ofUser
    ? { type: 'object' as const, required: ['user_id'], properties: { user_id: USER_ID, ...SESSION } }
    : { type: 'object' as const, properties: SESSION };
  return applyDecorators(
    RawBody({ types: ['application/json'], limitOf: ({ boards }) => boards.maxBytes + ENVELOPE_BYTES }),
    ApiBody({ schema }),
  );
}
