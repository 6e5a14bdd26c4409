import { EXPORT_STATUSES, isFinished, statusesBefore } from './export-status';

describe('Export status', () => {
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

  it('fixes the file on completion, failure or cancellation', () => {
    expect(EXPORT_STATUSES.filter(isFinished)).toEqual(['completed', 'failed', 'cancelled', 'expired']);
  });
});
