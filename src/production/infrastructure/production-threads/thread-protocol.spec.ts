import { DomainError } from '../../../platform/errors/domain-error';
import { StorageUnavailableError } from '../../../platform/storage/file-storage';
import { StorageFault } from '../../model/domain/interfaces/production';
import { fromSentError, toSentError } from './thread-protocol';

/** What the main thread gets of an error of a thread. */
function sent(error: unknown): Error {
  return fromSentError(structuredClone(toSentError(error)));
}

describe('An error of a production thread', () => {
  it('is still an error of the domain, with all that it says', () => {
    const field = { field: 'filters.amount', message: 'does not fit' };
    const error = DomainError.invalidRequest(field);

    const received = sent(error);

    expect(received).toBeInstanceOf(DomainError);
    expect(received).toMatchObject({ kind: 'invalid', code: 'invalid-request', details: { fields: [field] } });
    expect((received as DomainError).summary).toBe(error.summary);
    expect(received.stack).toBe(error.stack);
  });

  it('is an error of the domain if its class is derived from it', () => {
    class BoardTooComplexError extends DomainError {}

    expect(sent(new BoardTooComplexError('invalid', 'board-too-complex', 'Too much'))).toBeInstanceOf(DomainError);
  });

  it.each([
    ['a refused file', new StorageFault('The file could not be stored', { cause: new Error('disk') }), StorageFault],
    ['a storage that is away', new StorageUnavailableError(new Error('refused')), StorageUnavailableError],
  ])('is still %s', (_, error, type) => {
    const received = sent(error);

    expect(received).toBeInstanceOf(type);
    expect(received).toMatchObject({ message: error.message, stack: error.stack });
  });

  it('keeps the name, the message, the stack and the code of any other fault', () => {
    const fault = Object.assign(new TypeError('No such thing'), { code: '57P01' });

    const received = sent(fault);

    const { name, message, stack, code } = fault;
    expect(received).toMatchObject({ name, message, stack, code });
  });

  it('is an error although something else was thrown', () => {
    expect(sent('nothing')).toMatchObject({ message: 'nothing' });
  });
});
