import { onScopeDispose, ref, type Ref } from 'vue';

/** The current time in milliseconds, which changes every second, or as often as said. */
export function useNow(intervalMs = 1000): Readonly<Ref<number>> {
  const now = ref(Date.now());
  const timer = setInterval(() => {
    now.value = Date.now();
  }, intervalMs);
  onScopeDispose(() => {
    clearInterval(timer);
  });
  return now;
}
