import { computed, onScopeDispose, type Ref, ref, watch } from 'vue';
import { type Query, useQuery } from './query';

const DEBOUNCE_MS = 300;

/** An answer that follows what the user types. The former one stays until the next has arrived. */
export interface DebouncedQuery<Data> {
  /** Null where there is nothing to ask. */
  readonly query: Query<Data | null>;
  /** Whether the answer is not that to the current request. */
  readonly isOutdated: Readonly<Ref<boolean>>;
}

/** @param request null while there is nothing to ask; it must be JSON */
export function useDebouncedQuery<Request, Data>(
  request: Readonly<Ref<Request | null>>,
  load: (request: Request, signal: AbortSignal) => Promise<Data>,
): DebouncedQuery<Data> {
  const current = computed(() => JSON.stringify(request.value));
  const sent = ref(current.value);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(current, (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      sent.value = text;
    }, DEBOUNCE_MS);
  });
  onScopeDispose(() => {
    clearTimeout(timer);
  });
  const query = useQuery(async (signal) => {
    const body = JSON.parse(sent.value) as Request | null;
    return body === null ? null : load(body, signal);
  }, sent);
  return { query, isOutdated: computed(() => query.isLoading.value || sent.value !== current.value) };
}
