import { computed, onScopeDispose, type Ref, ref, watch } from 'vue';
import type { SchedulePreview, SchedulePreviewRequest } from '@export-service/client';
import { type Query, useQuery } from '../../service/query';
import { client } from '../../session/session';

const DEBOUNCE_MS = 300;

/** The next runs, which follow what the user does. The former ones stay until the next have arrived. */
export interface RunsPreview {
  readonly query: Query<SchedulePreview | null>;
  /** Whether the runs are not those of the current request. */
  readonly isOutdated: Readonly<Ref<boolean>>;
}

/** @param request null while there is nothing to preview */
export function useRunsPreview(request: Readonly<Ref<SchedulePreviewRequest | null>>): RunsPreview {
  const wanted = computed(() => JSON.stringify(request.value));
  const asked = ref(wanted.value);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(wanted, (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      asked.value = text;
    }, DEBOUNCE_MS);
  });
  onScopeDispose(() => {
    clearTimeout(timer);
  });
  const query = useQuery(async (signal) => {
    const body = JSON.parse(asked.value) as SchedulePreviewRequest | null;
    return body === null ? null : client.schedules.preview(body, { signal });
  }, asked);
  return { query, isOutdated: computed(() => query.isLoading.value || asked.value !== wanted.value) };
}
