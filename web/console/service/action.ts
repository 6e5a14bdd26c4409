import { readonly, ref, type Ref, shallowRef } from 'vue';
import { ExportServiceError } from '@export-service/client';
import { toObstacle } from '../../shared/obstacle';
import { reportRefusal } from '../session/session';

/** Something that the user does, such as saving a form. */
export interface Action<Arguments extends unknown[], Result> {
  readonly isRunning: Readonly<Ref<boolean>>;
  readonly error: Readonly<Ref<unknown>>;
  /** @returns the result; undefined where it failed, or is already running */
  run(...args: Arguments): Promise<Result | undefined>;
  clear(): void;
}

/** Runs once at a time. Its error stays until the next run. */
export function useAction<Arguments extends unknown[], Result>(
  work: (...args: Arguments) => Promise<Result>,
): Action<Arguments, Result> {
  const isRunning = ref(false);
  const error = shallowRef<unknown>();
  return {
    isRunning: readonly(isRunning),
    error,
    async run(...args) {
      if (isRunning.value) return undefined;
      isRunning.value = true;
      error.value = undefined;
      try {
        return await work(...args);
      } catch (reason) {
        error.value = reason;
        if (toObstacle(reason, navigator.onLine)?.cause === 'sign-in') reportRefusal();
        return undefined;
      } finally {
        isRunning.value = false;
      }
    },
    clear() {
      error.value = undefined;
    },
  };
}

/** What is wrong with the fields of a form, by the path of the field, such as `filters.transactions`. */
export function fieldProblems(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ExportServiceError)) return {};
  return Object.fromEntries(error.fields.map(({ field, message }) => [field, message]));
}
