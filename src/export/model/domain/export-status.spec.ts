import { EXPORT_STATUSES, isFinished, statusesBefore } from './export-status';

describe('The status of an export', () => {
  it.each([
    ['pending', ['processing']],
    ['processing', ['pending']],
    ['completed', ['pending', 'processing']],
    ['failed', ['pending', 'processing']],
    ['cancelled', ['pending', 'processing']],
    ['expired', ['completed']],
  ] as const)('becomes %s only after %j', (status, before) => {
    expect(statusesBefore(status)).toEqual(before);
  });

  it('is final for the file from completion, failure or cancellation on', () => {
    expect(EXPORT_STATUSES.filter(isFinished)).toEqual(['completed', 'failed', 'cancelled', 'expired']);
  });
});
