import { type ExportRequest, newIdempotencyKey } from '@export-service/client';
import { computed, onScopeDispose, readonly, ref, type Ref, shallowRef, watch } from 'vue';
import { ExportTask, type SavedExport, type TaskState } from '../../../button/export-task';
import { createExportApi } from '../../../button/service-api';
import { keep, kept } from '../../kept';
import { saveFile } from '../../service/save-file';
import { client, reportRefusal, SERVICE_URL, session } from '../../session/session';

const ENTRY = 'new-export';
/** The states in which another export may start. */
const STARTABLE: readonly TaskState['name'][] = ['idle', 'done', 'failed', 'cancelled'];
const tab = (): Storage => sessionStorage;

interface SavedRun {
  readonly saved: SavedExport;
  readonly request: ExportRequest;
  readonly user: string;
}

/** The export that was started from the page: one at a time, which a reload continues. */
export interface Run {
  readonly state: Readonly<Ref<TaskState>>;
  /** The key that signs the messages of a webhook, where the service made one. It is shown once. */
  readonly webhookSecret: Readonly<Ref<string | undefined>>;
  start(request: ExportRequest): void;
  readonly task: ExportTask;
}

export function useRun(): Run {
  const state = shallowRef<TaskState>({ name: 'idle' });
  const webhookSecret = ref<string>();
  const saved = new RunStorage(JSON.stringify([session.caller?.user_id, session.caller?.tenant_id]));

  const task = createTask(saved, {
    created: (secret) => {
      webhookSecret.value = secret;
    },
    changed: (next) => {
      state.value = next;
    },
  });

  const wake = (): void => {
    task.wake();
  };
  addEventListener('online', wake);
  watch(() => session.token, wake, { flush: 'post' });
  onScopeDispose(() => {
    removeEventListener('online', wake);
    task.stop();
  });
  if (saved.request !== undefined) task.resume();

  return {
    state: computed(() => state.value),
    webhookSecret: readonly(webhookSecret),
    start(wanted) {
      // The second click of a double click.
      if (!STARTABLE.includes(state.value.name)) return;
      saved.request = wanted;
      webhookSecret.value = undefined;
      task.start(wanted.format ?? '');
    },
    task,
  };
}

/** Keeps the running export in the tab, with its request: the answer to its creation may be lost with the page. */
class RunStorage {
  request: ExportRequest | undefined;

  /** @param user whose export it is: the next one to sign in must not continue it */
  constructor(private readonly user: string) {
    this.request = this.read()?.request;
  }

  load(): SavedExport | null {
    return this.read()?.saved ?? null;
  }

  save(saved: SavedExport): void {
    keep(ENTRY, JSON.stringify({ saved, request: this.request, user: this.user }), tab);
  }

  clear(): void {
    keep(ENTRY, undefined, tab);
  }

  private read(): SavedRun | undefined {
    try {
      const run = JSON.parse(kept(ENTRY, tab) ?? 'null') as SavedRun | null;
      return run?.user === this.user ? run : undefined;
    } catch {
      return undefined;
    }
  }
}

interface Listener {
  readonly created: (webhookSecret: string | undefined) => void;
  readonly changed: (state: TaskState) => void;
}

function createTask(saved: RunStorage, { created, changed }: Listener): ExportTask {
  const api = createExportApi({
    client,
    baseUrl: SERVICE_URL,
    toRequest: () => saved.request as ExportRequest,
    renewToken: reportRefusal,
  });
  return new ExportTask({
    api: {
      ...api,
      create: async (format, key) => {
        const record = await api.create(format, key);
        created((record as { webhook_secret?: string }).webhook_secret);
        return record;
      },
    },
    saved,
    open: saveFile,
    isOnline: () => navigator.onLine,
    now: Date.now,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    newKey: newIdempotencyKey,
    changed,
    notify: () => true,
  });
}
