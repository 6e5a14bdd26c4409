import { createScheduleBench } from '../../../test/support/schedule-bench';
import { createUser } from '../../../test/support/schedule-definitions';
import { AdminActivityInterceptor } from './admin-activity.interceptor';

function setup() {
  const { schedules } = createScheduleBench();
  const recorded = jest.spyOn(schedules, 'recordAdminActivity');
  return { sut: new AdminActivityInterceptor(schedules), recorded };
}

describe('AdminActivityInterceptor', () => {
  it('records each administrator once an hour, and no other user', async () => {
    const { sut, recorded } = setup();
    const ann = createUser({ roles: ['admin'] });

    for (const caller of [ann, ann, { ...ann, tenantId: 'blue' }, createUser()]) await sut.record(caller);

    expect(recorded.mock.calls).toEqual([
      [{ userId: ann.userId, tenantId: null }],
      [{ userId: ann.userId, tenantId: 'blue' }],
    ]);
  });

  it('succeeds when the activity cannot be recorded, and records it with the next request', async () => {
    const { sut, recorded } = setup();
    const ann = createUser({ roles: ['admin'] });
    recorded.mockRejectedValueOnce(new Error('The database is unavailable'));

    await expect(sut.record(ann)).resolves.toBeUndefined();
    await sut.record(ann);

    expect(recorded).toHaveBeenCalledTimes(2);
  });
});
