import { DomainError } from '../errors/domain-error';
import { LargeBodySlots } from './large-bodies';

const refused = expect.objectContaining({
  kind: 'limit',
  code: 'too-many-large-bodies',
  details: { retryAfterSeconds: 5 },
}) as DomainError;

describe('LargeBodySlots', () => {
  let slots: LargeBodySlots;

  beforeEach(() => {
    slots = new LargeBodySlots({ perCaller: 2, totalBytes: 100 });
  });

  const refusalOf = (work: () => unknown): unknown => {
    try {
      work();
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it('limits the bodies of each caller', () => {
    slots.take('ann', 1);
    const second = slots.take('ann', 1);

    expect(refusalOf(() => slots.take('ann', 1))).toEqual(refused);
    slots.take('bob', 1);
    second.release();
    slots.take('ann', 1);
  });

  it('limits the total bytes of all callers', () => {
    const first = slots.take('ann', 60);
    slots.take('bob', 40);

    expect(refusalOf(() => slots.take('eve', 1))).toEqual(refused);
    first.release();
    slots.take('eve', 60);
    expect(refusalOf(() => slots.take('joe', 1))).toEqual(refused);
  });

  it('counts the growth of a body and releases all of it once', () => {
    const growing = slots.take('ann', 10);
    growing.grow(70);
    growing.grow(20);

    expect(refusalOf(() => slots.take('bob', 31))).toEqual(refused);
    expect(() => {
      growing.grow(101);
    }).toThrow('too many large requests');
    growing.release();
    growing.release();
    slots.take('bob', 100);
    expect(refusalOf(() => slots.take('eve', 1))).toEqual(refused);
  });

  it('accepts a body above the total when it is alone', () => {
    const huge = slots.take('ann', 1000);

    expect(refusalOf(() => slots.take('bob', 1))).toEqual(refused);
    huge.release();
    slots.take('bob', 1);
  });

  it('queues responses until slots are free', async () => {
    const held = slots.take('ann', 100);
    const waiting = slots.wait('bob', 50, 60_000);
    const tooLate = slots.wait('eve', 100, 20);

    await expect(tooLate).rejects.toEqual(refused);
    held.release();
    (await waiting).release();
    slots.take('joe', 100);
  });
});
