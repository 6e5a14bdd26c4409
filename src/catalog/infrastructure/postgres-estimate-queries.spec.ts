import type { Snapshot } from '../../platform/database/snapshot';
import type { Sql } from '../../platform/database/sql';
import type { TablePlan } from '../model/domain/table-plan';
import { PostgresEstimateQueries } from './postgres-estimate-queries';

const plan: TablePlan = {
  table: { name: 'payments', schema: 'public', relation: 'payments', isLockable: true, columns: [] },
  section: 'payments',
  columns: [],
  accessPredicates: [],
  conditions: [],
};

/** A snapshot on a machine so busy that the timeout cancels the count, and then some of the rollbacks. */
class BusySnapshot {
  isAborted = false;

  constructor(private cancelledRollbacks: number) {}

  query({ text }: Sql): Promise<object[]> {
    if (text.startsWith('ROLLBACK')) {
      if (this.cancelledRollbacks-- > 0) return cancelled();
      this.isAborted = false;
    } else if (text.includes('count(*)')) {
      this.isAborted = true;
      return cancelled();
    }
    return Promise.resolve([]);
  }
}

function cancelled(): Promise<never> {
  return Promise.reject(Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' }));
}

describe('PostgresEstimateQueries', () => {
  it('leave the snapshot usable when the timeout also cancels the rollback', async () => {
    const snapshot = new BusySnapshot(2);

    const count = await new PostgresEstimateQueries(snapshot as unknown as Snapshot).count(plan, 100);

    expect(count).toBeNull();
    expect(snapshot.isAborted).toBe(false);
  });
});
