import type { DeliveryState } from '../../../delivery';
import { isNotificationMissing, resolveRunResult } from './run-verdict';

const SENT: DeliveryState = {
  channel: 's3',
  event: 'export.completed',
  status: 'delivered',
  attempts: 1,
  lastError: null,
  receipt: null,
  endedAt: null,
  gone: false,
  errorCode: null,
};
const WAITING: DeliveryState = { ...SENT, channel: 'webhook', status: 'pending' };
const LOST: DeliveryState = {
  ...SENT,
  channel: 'webhook',
  status: 'failed',
  attempts: 9,
  lastError: '500',
  errorCode: 'delivery-failed',
};

const FAILED = { status: 'failed', error: 'No rows', errorCode: 'rows-not-written' } as const;

describe('A run', () => {
  it.each(['pending', 'processing'] as const)('is open while its export is %s', (status) => {
    expect(resolveRunResult({ status, error: null, errorCode: null }, [])).toBeNull();
  });

  it.each(['completed', 'expired'] as const)('ended well when its export is %s and all is delivered', (status) => {
    expect(resolveRunResult({ status, error: null, errorCode: null }, [SENT])).toEqual({
      outcome: 'succeeded',
      error: null,
      errorCode: null,
      failureStreak: 'reset',
    });
  });

  it('is open while its file is on the way', () => {
    expect(resolveRunResult({ status: 'completed', error: null, errorCode: null }, [SENT, WAITING])).toBeNull();
  });

  it('is open until it is written down what is to be told', () => {
    const told = { channel: 's3', on: ['completed'], target: {} } as const;

    expect(isNotificationMissing({ status: 'completed', deliveries: [told] }, [])).toBe(true);
    expect(isNotificationMissing({ status: 'completed', deliveries: [told] }, [SENT])).toBe(false);
    expect(isNotificationMissing({ status: 'failed', deliveries: [told] }, [])).toBe(false);
    expect(isNotificationMissing({ status: 'processing', deliveries: [told] }, [])).toBe(false);
  });

  it('failed when its file did not arrive', () => {
    expect(resolveRunResult({ status: 'completed', error: null, errorCode: null }, [SENT, LOST])).toEqual({
      outcome: 'failed',
      error: 'The file was made but could not be delivered by webhook: 500',
      errorCode: 'file-not-delivered',
      failureStreak: 'increment',
    });
  });

  it('failed when its export failed, however long it takes to tell', () => {
    const told = { ...WAITING, event: 'export.failed' };

    expect(resolveRunResult(FAILED, [{ ...told, attempts: 0 }])).toBeNull();
    expect(resolveRunResult(FAILED, [{ ...told, attempts: 1 }])).toEqual({
      outcome: 'failed',
      error: 'No rows',
      errorCode: 'rows-not-written',
      failureStreak: 'increment',
    });
  });

  it('that was cancelled is no failure of its schedule', () => {
    expect(resolveRunResult({ status: 'cancelled', error: null, errorCode: null }, [])).toMatchObject({
      outcome: 'failed',
      errorCode: 'export-cancelled',
      failureStreak: 'keep',
    });
  });
});
