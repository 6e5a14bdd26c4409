import { idempotentRequest } from './idempotent-request';

const ANN = { userId: 'ann', tenantId: null };

describe('The fingerprint of an idempotent request', () => {
  const fingerprintOf = (...parts: (string | Uint8Array)[]) => idempotentRequest(ANN, 'key', ...parts).fingerprint;

  it('is equal for equal parts, as text or bytes', () => {
    expect(fingerprintOf('board', '{"format":"png"}')).toBe(fingerprintOf('board', Buffer.from('{"format":"png"}')));
  });

  it.each([
    ['another part', ['board', 'png'], ['board', 'pdf']],
    ['another order', ['board', 'png'], ['png', 'board']],
    ['parts that are divided elsewhere', ['ab', 'c'], ['a', 'bc']],
    ['a further empty part', ['a'], ['a', '']],
  ])('differs for %s', (_, one, other) => {
    expect(fingerprintOf(...one)).not.toBe(fingerprintOf(...other));
  });

  it('does not depend on the key or the caller, which separate keys anyway', () => {
    const [one, other] = [
      idempotentRequest(ANN, 'key', 'a'),
      idempotentRequest({ userId: 'ann', tenantId: 'blue' }, 'other', 'a'),
    ];

    expect(one.fingerprint).toBe(other.fingerprint);
    expect(one.owner).not.toBe(other.owner);
  });
});
