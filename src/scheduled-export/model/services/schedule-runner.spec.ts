import { createScheduleBench } from '../../../../test/support/schedule-bench';
import { DAY_SECONDS } from '../../../../test/support/schedule-definitions';
import { ScheduleRunner } from './schedule-runner';

function setup() {
  const bench = createScheduleBench();
  const { runs, exporting } = bench;
  const sut = new ScheduleRunner(runs, exporting);
  const runOf = async (id: string) => (await runs.list(id, 10)).items;
  return { ...bench, sut, runOf };
}

describe('ScheduleRunner', () => {
  it('requests the export of each due slot once', async () => {
    const { sut, make, records, runOf, read, queue } = setup();
    const [one, other] = [await make(), await make()];
    await make({ isActive: false });
    records.clock.advance(DAY_SECONDS);

    await Promise.all([sut.runDue(), sut.runDue(), sut.runDue()]);

    const made = [...(await runOf(one.id)), ...(await runOf(other.id))];
    expect(made).toHaveLength(2);
    expect(queue.takeAll().sort()).toEqual(made.map(({ exportId }) => exportId).sort());
    for (const { exportId, slot } of made) {
      expect(await read(exportId)).toMatchObject({ status: 'pending', options: { as_of: slot!.toISOString() } });
    }
  });

  it('does nothing before a slot is due', async () => {
    const { sut, make, queue } = setup();
    await make();

    await sut.runDue();

    expect(queue.takeAll()).toEqual([]);
  });

  it('names the file of a run after its schedule and the day in the time zone of the schedule', async () => {
    const { sut, make, records, runOf, read, readSchedule } = setup();
    const schedule = await make({ name: 'Nightly', rule: { ...(await make()).rule, timeZone: 'Pacific/Auckland' } });
    records.clock.advance(DAY_SECONDS);
    const { nextRunAt } = await readSchedule(schedule);

    await sut.runDue();

    const [run] = await runOf(schedule.id);
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Auckland' }).format(nextRunAt!);
    expect((await read(run!.exportId)).options).toMatchObject({ title: `Nightly_${day}` });
  });

  it('requests the export again after a failure and creates no second one', async () => {
    const { sut, make, records, runOf, exports, read } = setup();
    const { id } = await make();
    records.clock.advance(DAY_SECONDS);
    const creating = exports.creating.bind(exports);
    exports.creating = () => Promise.reject(new Error('The database is away'));
    await sut.runDue();
    exports.creating = creating;
    records.clock.advance(60);

    await sut.runDue();

    const made = await runOf(id);
    expect(made).toHaveLength(1);
    expect(await read(made[0]!.exportId)).toMatchObject({ status: 'pending' });
  });
});
