import type { Estimate, ExportRequest } from '@export-service/client';
import { computed, onScopeDispose, type Ref, ref, watch } from 'vue';
import { type Query, useQuery } from '../../service/query';
import { client } from '../../session/session';

const DEBOUNCE_MS = 300;

/** An estimate that follows what the user does. The former one stays until the next has arrived. */
export interface LiveEstimate {
  /** Null where there is nothing to estimate. */
  readonly query: Query<Estimate | null>;
  /** Whether the estimate is not that of the current request. */
  readonly isOutdated: Readonly<Ref<boolean>>;
}

/** @param request null while there is nothing to estimate */
export function useLiveEstimate(request: Readonly<Ref<ExportRequest | null>>): LiveEstimate {
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
    const body = JSON.parse(asked.value) as ExportRequest | null;
    return body === null ? null : client.exports.estimate(body, { signal });
  }, asked);
  return { query, isOutdated: computed(() => query.isLoading.value || asked.value !== wanted.value) };
}
