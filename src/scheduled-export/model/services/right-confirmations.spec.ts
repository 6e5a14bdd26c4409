import { createScheduleBench } from '../../../../test/support/schedule-bench';
import { somebody } from '../../../../test/support/schedule-definitions';
import { AdminActivity } from './right-confirmations';

function setup() {
  const { schedules } = createScheduleBench();
  const confirmed = jest.spyOn(schedules, 'recordAdminActivity');
  return { sut: new AdminActivity(schedules), confirmed };
}

describe('AdminActivity', () => {
  it('records each administrator once an hour, and nobody else', async () => {
    const { sut, confirmed } = setup();
    const ann = somebody({ roles: ['admin'] });

    for (const caller of [ann, ann, { ...ann, tenantId: 'blue' }, somebody()]) await sut.confirm(caller);

    expect(confirmed.mock.calls).toEqual([
      [{ userId: ann.userId, tenantId: null }],
      [{ userId: ann.userId, tenantId: 'blue' }],
    ]);
  });

  it('lets the request succeed when it cannot be recorded, and records it with the next one', async () => {
    const { sut, confirmed } = setup();
    const ann = somebody({ roles: ['admin'] });
    confirmed.mockRejectedValueOnce(new Error('The database is away'));

    await expect(sut.confirm(ann)).resolves.toBeUndefined();
    await sut.confirm(ann);

    expect(confirmed).toHaveBeenCalledTimes(2);
  });
});
