import { FakeBucketChannel, FakeWebhookChannel } from '../../../../test/fakes/delivery-channels.fake';
import type { UserPrincipal } from '../../../platform/auth/principal';
import type { ScheduleDeliveryInput } from '../domain/channel-descriptor';
import type { StepObserver } from '../domain/destination-test';
import { TestStepError } from '../domain/destination-test';
import type { DestinationTestCode } from '../domain/destination-test-codes';
import type { TestSubject } from '../domain/interfaces/delivery-channel';
import { DestinationTestLog, type TestedDestination } from '../domain/interfaces/destination-test-log';
import { DeliveryChannels } from './delivery-channels';
import { DestinationTests, type TestedSchedule } from './destination-tests';

class RecordedTests extends DestinationTestLog {
  readonly entries: TestedDestination[] = [];

  override record(_: UserPrincipal, tested: TestedDestination): Promise<void> {
    this.entries.push(tested);
    return Promise.resolve();
  }
}

const ANN: UserPrincipal = { userId: 'ann', tenantId: null, roles: [] };
const ROOT: UserPrincipal = { userId: 'root', tenantId: null, roles: ['admin'] };
const TENANT_ADMIN: UserPrincipal = { userId: 'nora', tenantId: 'north-school', roles: ['admin'] };
const HOOK: ScheduleDeliveryInput = { method: 'webhook', webhook: { url: 'https://hooks.example.com/a?token=1' } };
const HIDDEN_MS = 60;

const live = new AbortController().signal;

describe('DestinationTests', () => {
  let webhook: FakeWebhookChannel;
  let log: RecordedTests;
  let tests: DestinationTests;

  beforeEach(() => {
    webhook = new FakeWebhookChannel();
    log = new RecordedTests();
    const channels = new DeliveryChannels([webhook, new FakeBucketChannel()]);
    tests = new DestinationTests(channels, log, { shownMs: 200, hiddenMs: HIDDEN_MS });
  });

  /** Has the second step fail. */
  function fail(code: DestinationTestCode): void {
    webhook.testScript = async (steps) => {
      await steps.run('resolve', () => Promise.resolve());
      await steps.run('connect', () => Promise.reject(new TestStepError(code, `It is ${code}`)));
    };
  }

  /** Never ends by itself. */
  async function hang(steps: StepObserver, signal: AbortSignal): Promise<void> {
    await steps.run('resolve', () => Promise.resolve());
    await steps.run(
      'connect',
      () =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
        }),
    );
  }

  it('shows administrators of all tenants the steps, in order, with codes', async () => {
    fail('connection-failed');

    const report = await tests.test(ROOT, HOOK, null, live);

    expect(report).toEqual({
      channel: 'webhook',
      outcome: 'not-reachable',
      steps: [
        expect.objectContaining({ name: 'resolve', outcome: 'ok', code: null }),
        expect.objectContaining({ name: 'connect', code: 'connection-failed', error: 'It is connection-failed' }),
        expect.objectContaining({ name: 'send', outcome: 'skipped', code: 'earlier-step-failed' }),
      ],
    });
  });

  it.each([ANN, TENANT_ADMIN])('shows other callers the outcome only: $userId', async (caller) => {
    const passed = await tests.test(caller, HOOK, null, live);
    fail('receiver-refused');
    const refused = await tests.test(caller, HOOK, null, live);

    expect([passed, refused]).toEqual([
      { channel: 'webhook', outcome: 'reachable', steps: null },
      { channel: 'webhook', outcome: 'not-accepted', steps: null },
    ]);
  });

  it('shows every caller the steps at a host that the operator allows', async () => {
    webhook.isHostAllowed = true;

    expect((await tests.test(ANN, HOOK, null, live)).steps).toHaveLength(3);
  });

  it('takes the same time for all hosts that other callers cannot reach', async () => {
    const took: number[] = [];
    for (const code of ['connection-failed', 'tls-failed', 'wrong-protocol', null] as const) {
      if (code === null) webhook.testScript = hang;
      else fail(code);
      const startedAt = performance.now();
      expect(await tests.test(ANN, HOOK, null, live)).toMatchObject({ outcome: 'not-reachable', steps: null });
      took.push(performance.now() - startedAt);
    }

    expect(Math.min(...took)).toBeGreaterThanOrEqual(HIDDEN_MS - 5);
  });

  it('ends after its time, and names the step at which it waited', async () => {
    webhook.testScript = hang;

    const { outcome, steps } = await tests.test(ROOT, HOOK, null, live);

    expect(outcome).toBe('not-reachable');
    expect(steps?.map(({ code }) => code)).toEqual([null, 'timed-out', 'earlier-step-failed']);
  });

  it('ends when its caller has gone, and is recorded as cancelled', async () => {
    const gone = new AbortController();
    webhook.testScript = (steps, signal) => {
      const ended = hang(steps, signal);
      gone.abort(new Error('gone'));
      return ended;
    };

    await expect(tests.test(ROOT, HOOK, null, gone.signal)).rejects.toThrow('gone');
    expect(log.entries.map(({ outcome }) => outcome)).toEqual(['cancelled']);
  });

  it('records the target without its secrets, and no more than the outcome', async () => {
    fail('tls-failed');

    await tests.test(ROOT, HOOK, null, live);

    expect(log.entries).toEqual([
      { channel: 'webhook', target: 'https://hooks.example.com', scheduleId: null, outcome: 'not-reachable' },
    ]);
  });

  describe('with a schedule', () => {
    const url = HOOK.webhook!.url;
    const schedule: TestedSchedule = {
      id: '0199f3a2-7c1e-7d3a-9b62-1f0c5a6e8d11',
      delivery: {
        method: 'webhook',
        email: false,
        emailAddress: null,
        language: null,
        destination: null,
        destinationOptions: null,
        webhookUrl: url,
      },
      deliveries: [{ channel: 'webhook', on: ['completed'], target: { url, secret: 'stored' } }],
      asAdmin: false,
    };

    it.each<[string, ScheduleDeliveryInput | null, boolean]>([
      ['alone', null, true],
      ['and the same destination', HOOK, true],
      ['and a new secret', { ...HOOK, webhook: { url, secret: 'new' } }, false],
      ['and another destination', { ...HOOK, webhook: { url: 'https://other.example.com' } }, false],
    ])('%s: uses its stored secret only for its destination', async (_, request, isStored) => {
      const subjects: TestSubject[] = [];
      webhook.testScript = (...[, , subject]) => {
        subjects.push(subject);
        return Promise.resolve();
      };

      await tests.test(ANN, request, schedule, live);

      expect(subjects.map((subject) => 'stored' in subject)).toEqual([isStored]);
      expect(log.entries).toMatchObject([{ scheduleId: schedule.id }]);
    });

    it('refuses the credentials of the service to a former administrator', async () => {
      const stored: TestedSchedule = {
        ...schedule,
        delivery: { ...schedule.delivery, method: 's3', destination: 's3://bucket/' },
        deliveries: [{ channel: 's3', on: ['completed'], target: { uri: 's3://bucket/' } }],
        asAdmin: true,
      };

      await expect(tests.test(ANN, null, stored, live)).rejects.toMatchObject({
        details: { fields: [{ field: 'schedule_id' }] },
      });
      await expect(tests.test(ROOT, null, stored, live)).resolves.toMatchObject({ outcome: 'reachable' });
    });
  });

  it.each<[ScheduleDeliveryInput | null, string]>([
    [null, 'delivery_method'],
    [{ method: 'download' }, 'delivery_method'],
    [{ method: 'webhook' }, 'webhook'],
    [{ method: 's3', webhook: { url: 'https://hooks.example.com' } }, 'destination'],
  ])('refuses what names no destination: %j', async (request, field) => {
    await expect(tests.test(ROOT, request, null, live)).rejects.toMatchObject({
      kind: 'invalid',
      details: { fields: expect.arrayContaining([expect.objectContaining({ field })]) },
    });
    expect(log.entries).toEqual([]);
  });
});
