import { randomUUID } from 'node:crypto';
import { PrismaService } from '../../src/platform/database/prisma.service';
import { ScheduleProgram } from '../../src/scheduled-export/api/schedule-program';
import { PrismaScheduleRepository } from '../../src/scheduled-export/infrastructure/schedule.repository.prisma';
import { ScheduleManagement } from '../../src/scheduled-export/model/services/schedule-management';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import { manageSchedules, runInImage } from '../support/operator-programs';
import { createNotes, createSchedule, SCHEDULES, scheduleOf } from '../support/schedules';

interface Listed {
  readonly id: string;
}

/** `npm run schedules` beside a service that runs. A process of its own is started for what only that shows. */
describe('npm run schedules', () => {
  let installation: Installation;
  let prisma: PrismaService;
  let program: ScheduleProgram;
  let ann: Client;
  let root: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ ROLE: 'api' }));
    prisma = new PrismaService(installation.database.url, 'program');
    program = new ScheduleProgram(new ScheduleManagement(new PrismaScheduleRepository(prisma)));
    await createNotes(installation, 'ann');
    ann = await installation.asUser('ann');
    root = await installation.asUser('root', { roles: ['admin'] });
  });

  afterAll(async () => {
    await prisma.$disconnect();
    await installation.remove();
  });

  const idsOf = async (...args: string[]) =>
    (JSON.parse(await program.run(['list', ...args, '--json'])) as Listed[]).map(({ id }) => id);

  function steps(id: string): Promise<object[]> {
    return installation.sql(
      `SELECT action, user_id, details FROM export_audit_log
       WHERE schedule_id = $1 AND action <> 'schedule.created' ORDER BY id`,
      id,
    );
  }

  it('lists all schedules with their owners and next runs', async () => {
    const { id: own, next_run_at: next } = await createSchedule(ann, { name: 'Щодня\u200b notes' });
    const { id: whole } = await createSchedule(root, {
      name: 'all',
      data_types: [],
      tables: ['notes'],
      is_active: false,
    });

    const { code, stdout, stderr } = await manageSchedules(installation.database.url, 'list');

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`${own}  Щодня\u200b notes  of ann  daily  next run ${next!}\n`);
    expect(stdout).toContain(`${whole}  all  of root as an administrator  daily  paused: by its owner\n`);
    expect(JSON.parse(await program.run(['list', '--json']))).toContainEqual({
      id: own,
      owner: 'ann',
      tenant_id: null,
      name: 'Щодня\u200b notes',
      as_admin: false,
      frequency: 'daily',
      next_run_at: next,
      is_active: true,
      paused_code: null,
      paused_reason: null,
      created_at: expect.any(String),
    });
  });

  it('lists those of one owner, or of one tenant', async () => {
    const { id } = await createSchedule(ann);
    await installation.sql(`UPDATE scheduled_exports SET user_id = 'zoe', tenant_id = 'blue' WHERE id = $1`, id);

    expect(await idsOf('--owner', 'zoe')).toEqual([id]);
    expect(await idsOf('--tenant', 'blue')).toEqual([id]);
    expect(await idsOf('--tenant', 'blue', '--owner', 'ann')).toEqual([]);
    expect(await idsOf('--owner', 'ann')).not.toContain(id);
    expect(await program.run(['list', '--owner', 'nobody'])).toBe('There are no such schedules.\n');
  });

  it('runs by npm in an image', async () => {
    const { id } = await createSchedule(ann, { name: 'shipped' });

    const { code, stdout } = await runInImage('schedules', installation.database.url, 'pause', id);

    expect([code, stdout]).toEqual([0, `shipped (${id}) of ann is paused.\n`]);
    expect(await scheduleOf(ann, id)).toMatchObject({ is_active: false, paused_code: 'paused-by-administrator' });
  });

  it('pauses, resumes and deletes, with audit entries that name the owner', async () => {
    const { id } = await createSchedule(ann, { name: 'managed' });

    const paused = await program.run(['pause', id.toUpperCase()]);
    const whilePaused = await scheduleOf(ann, id);
    const resumed = await program.run(['resume', id]);
    const whileActive = await scheduleOf(ann, id);
    const deleted = await program.run(['delete', id]);

    expect([paused, resumed, deleted]).toEqual(
      ['is paused', 'is active', 'was deleted'].map((state) => `managed (${id}) of ann ${state}.\n`),
    );
    expect([whilePaused.is_active, whileActive.is_active]).toEqual([false, true]);
    expect((await ann.get(`${SCHEDULES}/${id}`)).status).toBe(404);
    expect(await steps(id)).toEqual(
      ['paused', 'resumed', 'deleted'].map((step) => ({
        action: `schedule.${step}`,
        user_id: null,
        details: { name: 'managed', owner: 'ann', by: 'operator' },
      })),
    );
  });

  it.each<[number, RegExp, string[]]>([
    [2, /^There is no command "run"[^]*Usage: npm run schedules/, ['run', randomUUID()]],
    [2, /^delete needs the id of a schedule/, ['delete']],
    [1, /^Schedule not found\n$/, ['pause', randomUUID()]],
  ])('exits with %i and the reason: %s', async (code, reason, args) => {
    const run = await manageSchedules(installation.database.url, ...args);

    expect([run.code, run.stdout]).toEqual([code, '']);
    expect(run.stderr).toMatch(reason);
    expect(run.stderr).not.toMatch(/node_modules|^ +at /m);
  });

  it.each([['pause'], ['resume'], ['delete']])('reports an unknown schedule: %s', async (command) => {
    for (const id of [randomUUID(), 'no-id']) {
      await expect(program.run([command, id])).rejects.toThrow('Schedule not found');
    }
  });

  it('prints its usage without a database', async () => {
    const run = await manageSchedules(undefined, 'list', '--help');

    expect(run).toEqual({ code: 0, stdout: expect.stringMatching(/^Usage: npm run schedules/), stderr: '' });
  });
});
