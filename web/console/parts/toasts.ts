import { ref } from 'vue';

export interface Toast {
  readonly id: number;
  readonly tone: 'success' | 'danger' | 'info';
  readonly text: string;
}

const SHOWN_MS = 6_000;
let lastId = 0;

/** Short messages in the corner, shown by `ToastList` in the shell. */
export const toasts = ref<readonly Toast[]>([]);

export function toast(text: string, tone: Toast['tone'] = 'success'): void {
  lastId += 1;
  const id = lastId;
  toasts.value = [...toasts.value, { id, tone, text }];
  setTimeout(() => {
    dismissToast(id);
  }, SHOWN_MS);
}

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}
