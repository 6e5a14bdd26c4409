import { RepeatedWarnings } from './repeated-warnings';

describe('RepeatedWarnings', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const setup = () => {
    const logged: unknown[][] = [];
    const warnings = new RepeatedWarnings({ warn: (...output: unknown[]) => void logged.push(output) });
    return { logged, warnings };
  };

  it('logs a message once a minute while its cause lasts, with the number of suppressed ones', () => {
    const { logged, warnings } = setup();

    for (let second = 0; second <= 60; second += 1) {
      warnings.report('The queue cannot be reached', new Error('connection refused'));
      jest.advanceTimersByTime(1_000);
    }

    expect(logged).toEqual([
      ['The queue cannot be reached', { reason: 'connection refused' }],
      ['The queue cannot be reached', { reason: 'connection refused', omitted: 59 }],
    ]);
  });

  it('limits each message separately', () => {
    const { logged, warnings } = setup();

    warnings.report('Old files could not be expired', 'away');
    warnings.report('The storage could not be swept', 'away');

    expect(logged.map(([message]) => message)).toEqual([
      'Old files could not be expired',
      'The storage could not be swept',
    ]);
  });
});
