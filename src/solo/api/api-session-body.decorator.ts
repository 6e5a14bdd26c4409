import { applyDecorators } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { MAX_NAME_LENGTH as MAX_USER_ID_LENGTH } from '../../platform/auth/principal';
import { type BodyReader, RawBody } from '../../platform/http/body.decorator';
import type { BoardLimits } from '../model/domain/session-body';
import { MAX_NAME_LENGTH } from '../model/domain/solo-session';

/** Room for the name and whatever else stands around the state. */
const ENVELOPE_BYTES = 64 * 1024;

const SESSION = {
  name: { type: 'string' as const, maxLength: MAX_NAME_LENGTH },
  state: { description: 'The board as the front end keeps it: any JSON', nullable: true },
};

const USER_ID = {
  type: 'string' as const,
  minLength: 1,
  maxLength: MAX_USER_ID_LENGTH,
  description: 'Whose the session will be: the `sub` of their tokens',
};

/**
 * A route whose body is a session.
 * @param readerFor what reads it
 * @param ofUser whether it says for which user
 */
export function ApiSessionBody(
  readerFor: (boards: BoardLimits) => BodyReader,
  { ofUser = false } = {},
): MethodDecorator {
  const schema = ofUser
    ? { type: 'object' as const, required: ['user_id'], properties: { user_id: USER_ID, ...SESSION } }
    : { type: 'object' as const, properties: SESSION };
  return applyDecorators(
    RawBody({
      types: ['application/json'],
      limitOf: ({ boards }) => boards.maxBytes + ENVELOPE_BYTES,
      readerOf: ({ boards }) => readerFor(boards),
    }),
    ApiBody({ schema }),
  );
}
