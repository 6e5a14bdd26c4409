import { onScopeDispose, readonly, type Ref, ref, watch } from 'vue';

/** An address of bytes for a picture in the page. It is valid until the bytes change or the component is gone. */
export function useObjectUrl(bytes: Readonly<Ref<Blob | undefined>>): Readonly<Ref<string | undefined>> {
  const url = ref<string>();
  const revoke = (): void => {
    if (url.value !== undefined) URL.revokeObjectURL(url.value);
  };
  watch(
    bytes,
    (current) => {
      revoke();
      url.value = current && URL.createObjectURL(current);
    },
    { immediate: true },
  );
  onScopeDispose(revoke);
  return readonly(url);
}
