import { describeError } from '@export-service/client';
import type { ExportProgress, TaskState } from './export-task';
import type { MessageKey, Texts } from './texts';

export type ActionName = 'cancel' | 'wake' | 'download' | 'repeat' | 'reset';

/** What a state looks like, in words. */
export interface StatusView {
  readonly tone: 'busy' | 'waiting' | 'done' | 'failed';
  /** From 0 to 100; null while it is unknown; undefined where nothing progresses. */
  readonly percent?: number | null;
  readonly text: string;
  /** What changes more often than a screen reader shall say. */
  readonly detail?: string;
  readonly actions: readonly { readonly name: ActionName; readonly label: MessageKey; readonly isPrimary?: boolean }[];
}

const CANCEL = { name: 'cancel', label: 'cancel' } as const;
const AGAIN = { name: 'reset', label: 'exportAgain' } as const;

const WAITING = { offline: 'offline', unreachable: 'unreachable', busy: 'busy', 'sign-in': 'signIn' } as const;

/** @returns undefined for the state in which the user chooses a format */
export function describeState(state: TaskState, now: number, texts: Texts): StatusView | undefined {
  switch (state.name) {
    case 'idle':
      return undefined;
    case 'starting':
      return { tone: 'busy', percent: null, text: texts.get('starting'), actions: [CANCEL] };
    case 'working':
      return describeWork(state, texts);
    case 'waiting':
      return describeWait(state, now, texts);
    case 'ready': {
      const download = { name: 'download', label: 'download', isPrimary: true } as const;
      return {
        tone: 'done',
        text: texts.get('ready'),
        detail: describeFile(state, texts),
        actions: [CANCEL, download],
      };
    }
    case 'opening':
      return { tone: 'busy', percent: 100, text: texts.get('opening'), actions: [] };
    case 'done': {
      const { one_time: isOneTime } = state.record;
      const text = texts.get(isOneTime ? 'downloadedOnce' : 'downloaded');
      const again = { name: 'download', label: 'downloadAgain' } as const;
      return { tone: 'done', text, detail: describeFile(state, texts), actions: isOneTime ? [AGAIN] : [again, AGAIN] };
    }
    case 'cancelling':
      return { tone: 'busy', percent: null, text: texts.get('cancelling'), actions: [CANCEL] };
    case 'cancelled':
      return { tone: 'done', text: texts.get('cancelled'), actions: [AGAIN] };
    case 'failed': {
      const repeat = { name: 'repeat', label: 'tryAgain', isPrimary: true } as const;
      const text = `${texts.get('failed')} ${describeError(state.error, texts.locale)}`;
      return { tone: 'failed', text, actions: [{ ...AGAIN, label: 'anotherFormat' }, repeat] };
    }
  }
}

function describeWork({ record }: TaskState & { name: 'working' }, texts: Texts): StatusView {
  const { progress } = record;
  const isQueued = record.status === 'pending';
  return {
    tone: 'busy',
    percent: isQueued ? null : progress.percent,
    text: texts.get(isQueued ? 'queued' : 'working'),
    detail: isQueued ? '' : describeProgress(progress, texts),
    actions: [CANCEL],
  };
}

function describeProgress({ done, total, unit, percent }: ExportProgress, texts: Texts): string {
  if (unit === null) return '';
  const amount =
    total === null ? texts.get(unit, { count: done }) : texts.get(`${unit}Done`, { done: texts.number(done), total });
  return percent === null ? amount : `${amount} · ${texts.percent(percent)}`;
}

function describeWait({ cause, retryAt }: TaskState & { name: 'waiting' }, now: number, texts: Texts): StatusView {
  const seconds = retryAt === null ? 0 : Math.max(1, Math.ceil((retryAt - now) / 1000));
  return {
    tone: 'waiting',
    text: texts.get(WAITING[cause]),
    detail: retryAt === null ? '' : texts.get('retryIn', { seconds }),
    // Asking earlier than the service allows is refused again.
    actions: cause === 'busy' ? [CANCEL] : [CANCEL, { name: 'wake', label: 'tryNow' }],
  };
}

function describeFile({ record }: TaskState & { name: 'ready' | 'done' }, texts: Texts): string {
  const size = record.file_size === null ? [] : [texts.size(record.file_size)];
  return [record.file_name ?? '', ...size].filter(Boolean).join(' · ');
}
