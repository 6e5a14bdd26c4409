import { onScopeDispose, reactive } from 'vue';
import {
  describeError,
  type Export,
  ExportServiceError,
  newIdempotencyKey,
  type Schedule,
} from '@export-service/client';
import { confirm } from '../../parts/confirm';
import { toast } from '../../parts/toasts';
import { announce } from '../../service/export-feed';
import { untilAnswered } from '../../service/query';
import { client, session } from '../../session/session';
import { type ScheduleTexts, useScheduleTexts } from './schedule-texts';

export interface ScheduleActions {
  isBusy(schedule: Schedule): boolean;
  /** @returns the export that runs now */
  run(schedule: Schedule): Promise<Export | undefined>;
  /** Pauses a schedule that runs, and resumes one that is paused. @returns the changed schedule */
  toggle(schedule: Schedule): Promise<Schedule | undefined>;
  /** Asks first. @returns whether it was deleted */
  remove(schedule: Schedule): Promise<boolean>;
}

/** Only the owner replaces or runs a schedule. */
export function isOwn({ user_id: user, tenant_id: tenant }: Schedule): boolean {
  return session.caller?.user_id === user && session.caller.tenant_id === tenant;
}

/**
 * What can be done with schedules. Each waits out what passes, such as a restart of the service or a sign-in that has
 * expired, and says so. All can be repeated without harm.
 */
export function useScheduleActions(): ScheduleActions {
  const texts = useScheduleTexts();
  const busy = reactive(new Set<string>());
  const left = new AbortController();
  onScopeDispose(() => {
    left.abort();
  });

  function insist<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    let isReported = false;
    return untilAnswered(request, left.signal, (wait) => {
      // The dialog of the sign-in speaks for itself.
      if (!wait || isReported || wait.cause === 'sign-in') return;
      isReported = true;
      toast(texts.value.get(`wait.${wait.cause}`), 'info');
    });
  }

  async function once<Answer>({ id }: Schedule, work: (texts: ScheduleTexts) => Promise<Answer | undefined>) {
    if (busy.has(id)) return undefined;
    busy.add(id);
    try {
      return await work(texts.value);
    } catch (error) {
      if (!left.signal.aborted) toast(describeError(error, texts.value.locale), 'danger');
      return undefined;
    } finally {
      busy.delete(id);
    }
  }

  return {
    isBusy: ({ id }) => busy.has(id),
    run: (schedule) =>
      once(schedule, async (texts) => {
        const idempotencyKey = newIdempotencyKey();
        const created = await insist(() => client.schedules.run(schedule.id, { idempotencyKey }));
        announce(created);
        toast(texts.get('started', { name: schedule.name }));
        return created;
      }),
    toggle: (schedule) =>
      once(schedule, async (texts) => {
        const { id, is_active: isActive, name } = schedule;
        const changed = await insist(() => (isActive ? client.schedules.pause(id) : client.schedules.resume(id)));
        toast(texts.get(isActive ? 'pausedNow' : 'resumedNow', { name }));
        return changed;
      }),
    remove: async (schedule) => {
      if (!(await isDeletionConfirmed(schedule, texts.value))) return false;
      const isDeleted = await once(schedule, async (current) => {
        await insist(() => removeIfThere(schedule.id));
        toast(current.get('deleted', { name: schedule.name }));
        return true;
      });
      return isDeleted === true;
    },
  };
}

function isDeletionConfirmed({ name }: Schedule, texts: ScheduleTexts): Promise<boolean> {
  return confirm({
    title: texts.get('deleteTitle'),
    text: texts.get('deleteText', { name }),
    confirm: texts.get('deleteSchedule'),
    isDangerous: true,
  });
}

/** The answer to the first attempt may have been lost. */
async function removeIfThere(id: string): Promise<void> {
  try {
    await client.schedules.remove(id);
  } catch (error) {
    if (!(error instanceof ExportServiceError && (error.status === 404 || error.status === 410))) throw error;
  }
}
