import { createScheduleBench } from '../../../../test/support/schedule-bench';
import { createUser } from '../../../../test/support/schedule-definitions';
import type { Pause } from '../domain/schedule';
import { accessFor, accessToOwn, OPERATOR_ACCESS } from '../domain/schedule-rights';
import { ScheduleManagement } from './schedule-management';

const UNKNOWN = '00000000-0000-7000-8000-000000000000';
const RIGHT_ENDED: Pause = { code: 'administrator-right-ended', reason: 'No administrator any more' };

function setup() {
  const bench = createScheduleBench();
  const { schedules, runs, make, ann } = bench;
  const root = createUser({ roles: ['admin'] });
  const makeRestricted = async (isActive = false) => {
    const { content } = await make();
    return make({ asAdmin: true, content: { ...content, tables: ['users'] }, isActive });
  };
  const endRight = async ({ id }: { readonly id: string }) =>
    runs.pauseAfter((await runs.startManual(id, ann, null, null)).run, RIGHT_ENDED);
  return { ...bench, sut: new ScheduleManagement(schedules), root, makeRestricted, endRight };
}

describe('ScheduleManagement', () => {
  it.each([UNKNOWN, 'no-id'])('finds nothing under %s', async (id) => {
    const { sut, ann, root } = setup();

    for (const access of [accessToOwn(ann), accessFor(root), OPERATOR_ACCESS]) {
      const moves = [sut.get(id, access), sut.delete(id, access), sut.pause(id, access), sut.resume(id, access)];
      for (const move of moves) await expect(move).rejects.toMatchObject({ kind: 'not-found' });
    }
  });

  describe('the list', () => {
    it('has the caller’s own schedules unless an owner is named', async () => {
      const { sut, make, ann, root } = setup();
      const { id } = await make();
      const list = async (caller: typeof ann, owner?: string) =>
        (await sut.listFor(caller, owner, { size: 10 })).items.map((item) => item.id);

      expect(await list(ann)).toEqual([id]);
      expect(await list(ann, ann.userId)).toEqual([id]);
      expect(await list(root)).toEqual([]);
      expect(await list(root, 'all')).toEqual([id]);
      expect(await list(root, ann.userId)).toEqual([id]);
      expect(await list(root, root.userId)).toEqual([]);
    });

    it.each(['all', 'somebody-else'])('of %s is for administrators', (owner) => {
      const { sut, ann } = setup();

      expect(() => sut.listFor(ann, owner, { size: 10 })).toThrow('Admin role required');
    });
  });

  describe('resume', () => {
    it('activates a paused schedule', async () => {
      const { sut, make, ann } = setup();
      const { id } = await make({ isActive: false });

      expect(await sut.resume(id, accessToOwn(ann))).toMatchObject({ isActive: true, nextRunAt: expect.any(Date) });
    });

    it('is refused while its files cannot be delivered', async () => {
      const { sut, make, ann } = setup();
      const delivery = { ...(await make()).delivery, method: 's3', destination: 's3://reports/' } as const;
      const { id } = await make({ delivery, deliveries: [], isActive: false });

      await expect(sut.resume(id, accessToOwn(ann))).rejects.toMatchObject({ code: 'destination-not-reachable' });
    });

    it('is refused to a former administrator for what only administrators may export', async () => {
      const { sut, makeRestricted, ann } = setup();
      const { id } = await makeRestricted();
      const admin = { ...ann, roles: ['admin'] };

      await expect(sut.resume(id, accessFor(ann), ann.roles)).rejects.toMatchObject({ kind: 'forbidden' });
      await expect(sut.resume(id, accessFor(admin), admin.roles)).resolves.toMatchObject({ isActive: true });
    });

    it('is left to the owner whose right has ended', async () => {
      const { sut, makeRestricted, endRight, ann, root } = setup();
      const { id } = await makeRestricted(true);
      await endRight({ id });
      const admin = { ...ann, roles: ['admin'] };

      for (const access of [accessFor(root), OPERATOR_ACCESS]) {
        await expect(sut.resume(id, access, root.roles)).rejects.toMatchObject({ code: 'owner-must-resume' });
      }
      expect(await sut.resume(id, accessFor(admin), admin.roles)).toMatchObject({ isActive: true, pausedCode: null });
    });

    it('is allowed to administrators and operators after a manual pause', async () => {
      const { sut, makeRestricted, root } = setup();
      const { id } = await makeRestricted();

      for (const access of [accessFor(root), OPERATOR_ACCESS]) {
        expect(await sut.resume(id, access, root.roles)).toMatchObject({ isActive: true });
        await sut.pause(id, access);
      }
    });
  });
});
