import { type Estimate, Estimates } from './estimates';

const ESTIMATE: Estimate = { unit: 'rows', record_count: 10, file_size: 100, duration_seconds: 1 };

function withAnswers(...answers: (Estimate | Error)[]) {
  const asked: string[] = [];
  const clock = { now: 0 };
  const estimates = new Estimates(
    (format) => {
      asked.push(format);
      const answer = answers.shift() ?? ESTIMATE;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    () => undefined,
    () => clock.now,
  );
  return { estimates, asked, clock };
}

describe('Estimates', () => {
  it('asks once a minute for each format', async () => {
    const { estimates, asked, clock } = withAnswers();

    const reading = estimates.refresh(['csv', 'xlsx']);
    expect(estimates.get('csv')).toEqual({ name: 'pending' });
    await reading;
    await estimates.refresh(['csv', 'xlsx']);
    clock.now = 61_000;
    await estimates.refresh(['csv', 'xlsx']);

    expect(asked).toEqual(['csv', 'xlsx', 'csv', 'xlsx']);
    expect(estimates.get('csv')).toEqual({ name: 'known', estimate: ESTIMATE });
  });

  it('shows why the export would be refused', async () => {
    const error = Object.assign(new Error(), { status: 422, code: 'too-many-rows' });
    const { estimates } = withAnswers(error);

    await estimates.refresh(['csv']);

    expect(estimates.get('csv')).toEqual({ name: 'refused', error });
  });

  it.each([
    ['a lost connection', { name: 'ConnectionError' }],
    ['a rate limit', { status: 429, code: 'rate-limit-exceeded' }],
    ['a service that estimates nothing', { status: 404, code: 'not-found' }],
  ])('knows nothing after %s, and asks again when the menu opens again', async (_what, details) => {
    const { estimates, asked } = withAnswers(Object.assign(new Error(), details));

    await estimates.refresh(['csv']);
    expect(estimates.get('csv')).toBeUndefined();
    await estimates.refresh(['csv']);

    expect(asked).toEqual(['csv', 'csv']);
  });
});
