import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../../test/support/until';
import { Lease } from './lease';

const HEARTBEAT_MS = 5;
/** Far longer than any of these tests takes. */
const LONG_MS = 600_000;

describe('A lease', () => {
  const leases: Lease[] = [];

  afterEach(() => {
    for (const lease of leases.splice(0)) lease.release();
  });

  /** A lease whose heartbeats are counted. */
  function leaseWith(beat: (count: number) => Promise<boolean>, leaseMs = LONG_MS) {
    const beats = { count: 0 };
    const lease = new Lease({ heartbeatMs: HEARTBEAT_MS, leaseMs }, () => beat(++beats.count));
    leases.push(lease);
    return { lease, beats };
  }

  it('is renewed repeatedly', async () => {
    const { lease, beats } = leaseWith(() => Promise.resolve(true));

    await until('it was renewed', () => beats.count >= 5);

    expect(lease.isLost).toBe(false);
  });

  it('is lost at the heartbeat that finds it taken, and not renewed again', async () => {
    const { lease, beats } = leaseWith((count) => Promise.resolve(count < 3));

    await until('it is lost', () => lease.isLost);
    await pause(10 * HEARTBEAT_MS);

    expect(beats.count).toBe(3);
    expect(lease.signal.reason).toMatchObject({ name: 'LeaseLostError' });
  });

  it('survives failed heartbeats until it expires', async () => {
    const { lease, beats } = leaseWith((count) =>
      count < 5 ? Promise.reject(new Error('The database is away')) : Promise.resolve(true),
    );

    await until('a heartbeat came through', () => beats.count > 5);

    expect(lease.isLost).toBe(false);
  });

  it('is lost when no heartbeat succeeds until it expires', async () => {
    const startedAt = Date.now();
    const { lease } = leaseWith(() => Promise.reject(new Error('The database is away')), 100);

    await until('it is lost', () => lease.isLost);

    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(100);
  });

  it('is neither renewed nor lost after its release', async () => {
    let response!: (isMine: boolean) => void;
    const { lease, beats } = leaseWith(() => new Promise((resolve) => (response = resolve)));
    await until('a heartbeat is on its way', () => beats.count === 1);

    lease.release();
    response(false);
    await pause(10 * HEARTBEAT_MS);

    expect(lease.isLost).toBe(false);
    expect(beats.count).toBe(1);
  });

  it('closes what was opened under it when it is released', () => {
    const { lease } = leaseWith(() => Promise.resolve(true));
    const before = lease.signal.aborted;

    lease.release();

    expect([before, lease.signal.aborted]).toEqual([false, true]);
  });
});
