import type { DeliveryState } from '../../../delivery';
import { resolveRunResult } from './schedule-run';

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
const UNDELIVERED: DeliveryState = {
  ...SENT,
  channel: 'webhook',
  status: 'failed',
  attempts: 9,
  lastError: '500',
  errorCode: 'delivery-failed',
};

const FAILED = { status: 'failed', error: 'No rows', errorCode: 'rows-not-written', deliveries: [] } as const;

describe('resolveRunResult: a run', () => {
  it.each(['pending', 'processing'] as const)('is open while its export is %s', (status) => {
    expect(resolveRunResult({ status, error: null, errorCode: null, deliveries: [] }, [])).toBeNull();
  });

  it.each(['completed', 'expired'] as const)(
    'succeeded when its export is %s and everything is delivered',
    (status) => {
      expect(resolveRunResult({ status, error: null, errorCode: null, deliveries: [] }, [SENT])).toEqual({
        outcome: 'succeeded',
        error: null,
        errorCode: null,
        failureStreak: 'reset',
      });
    },
  );

  it('is open while a delivery is pending', () => {
    expect(
      resolveRunResult({ status: 'completed', error: null, errorCode: null, deliveries: [] }, [SENT, WAITING]),
    ).toBeNull();
  });

  it('is open until its planned notifications are in the outbox', () => {
    const deliveries = [{ channel: 's3', on: ['completed'], target: {} }] as const;
    const ended = { error: null, errorCode: null, deliveries } as const;

    expect(resolveRunResult({ ...ended, status: 'completed' }, [])).toBeNull();
    expect(resolveRunResult({ ...ended, status: 'completed' }, [SENT])).not.toBeNull();
    expect(resolveRunResult({ ...ended, status: 'failed' }, [])).not.toBeNull();
    expect(resolveRunResult({ ...ended, status: 'processing' }, [])).toBeNull();
  });

  it('failed when its file could not be delivered', () => {
    expect(
      resolveRunResult({ status: 'completed', error: null, errorCode: null, deliveries: [] }, [SENT, UNDELIVERED]),
    ).toEqual({
      outcome: 'failed',
      error: 'The file was created but could not be delivered by webhook: 500',
      errorCode: 'file-not-delivered',
      failureStreak: 'increment',
    });
  });

  it('failed when its export failed, once a notification was attempted', () => {
    const notice = { ...WAITING, event: 'export.failed' };

    expect(resolveRunResult(FAILED, [{ ...notice, attempts: 0 }])).toBeNull();
    expect(resolveRunResult(FAILED, [{ ...notice, attempts: 1 }])).toEqual({
      outcome: 'failed',
      error: 'No rows',
      errorCode: 'rows-not-written',
      failureStreak: 'increment',
    });
  });

  it('keeps the failure streak when its export was cancelled', () => {
    expect(resolveRunResult({ status: 'cancelled', error: null, errorCode: null, deliveries: [] }, [])).toMatchObject({
      outcome: 'failed',
      errorCode: 'export-cancelled',
      failureStreak: 'keep',
    });
  });
});
