import { onScopeDispose, reactive } from 'vue';
import { type Router, useRouter } from 'vue-router';
import { describeError, type Export, newIdempotencyKey } from '@export-service/client';
import { confirm } from '../../parts/confirm';
import { toast } from '../../parts/toasts';
import { copyText } from '../../service/clipboard';
import { announce, isUnfinished } from '../../service/export-feed';
import { untilAnswered } from '../../service/query';
import { saveFile } from '../../service/save-file';
import { client, SERVICE_URL } from '../../session/session';
import { fromRequest, openDraft } from '../new-export/draft';
import { requestOf } from './export-request';
import { exportName, type ExportTexts, useExportTexts } from './export-texts';

export type ExportAction =
  'download' | 'cancel' | 'repeat' | 'change' | 'delete' | 'copy-link' | 'copy-id' | 'copy-curl';

export interface ExportActions {
  isBusy(record: Export): boolean;
  /** @returns the export that was created, if one was */
  run(action: ExportAction, record: Export): Promise<Export | undefined>;
}

/** What an action does with an export, with what it needs for it. */
type Work = (record: Export, means: Means) => Promise<Export | undefined>;

interface Means {
  readonly texts: ExportTexts;
  readonly router: Router;
  /** Repeats a request until the service answers it. */
  readonly insist: <Answer>(request: () => Promise<Answer>) => Promise<Answer>;
}

const WORK: Readonly<Record<ExportAction, Work>> = {
  download,
  cancel,
  repeat,
  change,
  delete: deleteFile,
  'copy-link': ({ id }, means) => copy(`${location.href.split('#')[0]}#/exports/${id}`, means),
  'copy-id': ({ id }, means) => copy(id, means),
  'copy-curl': (record, means) => copy(curlCommand(record), means),
};

/** What can be done with an export now, the most likely first. */
export function actionsOf(record: Export): ExportAction[] {
  const copies = ['copy-link', 'copy-id', 'copy-curl'] as const;
  const again = requestOf(record) ? repeatsOf(record) : [];
  if (isUnfinished(record)) return ['cancel', ...copies];
  if (record.status === 'completed') return ['download', ...again, ...copies, 'delete'];
  return [...again, ...copies];
}

/** Only rows have a page on which their request is changed. */
function repeatsOf({ kind }: Export): ExportAction[] {
  return kind === 'data' ? ['repeat', 'change'] : ['repeat'];
}

/**
 * The actions of a page. Each waits out what passes, such as a restart of the service or a sign-in that has expired, and
 * says so. All can be repeated without harm.
 */
export function useExportActions(): ExportActions {
  const texts = useExportTexts();
  const router = useRouter();
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

  return {
    isBusy: ({ id }) => busy.has(id),
    async run(action, record) {
      if (busy.has(record.id)) return undefined;
      busy.add(record.id);
      try {
        return await WORK[action](record, { texts: texts.value, router, insist });
      } catch (error) {
        if (!left.signal.aborted) toast(describeError(error, texts.value.locale), 'danger');
        return undefined;
      } finally {
        busy.delete(record.id);
      }
    },
  };
}

async function download(record: Export, { texts, insist }: Means): Promise<undefined> {
  if (record.one_time) {
    const question = { title: texts.get('onceTitle'), text: texts.get('onceText'), confirm: texts.get('download') };
    if (!(await confirm(question))) return;
  }
  // The link in the record may have expired.
  const current = await insist(() => client.exports.get(record.id));
  announce(current);
  if (current.file_url === null) {
    toast(texts.get('fileGone'), 'danger');
    return;
  }
  saveFile(current.file_url);
  toast(texts.get('downloadStarted'));
}

async function cancel(record: Export, { texts, insist }: Means): Promise<undefined> {
  const isConfirmed = await confirm({
    title: texts.get('cancelTitle'),
    text: texts.get('cancelText'),
    confirm: texts.get('cancelExport'),
    dismiss: texts.get('keepRunning'),
    isDangerous: true,
  });
  if (!isConfirmed) return;
  const current = await insist(() => client.exports.cancel(record.id));
  announce(current);
  toast(texts.get(current.status === 'cancelled' ? 'cancelled' : 'endedBefore'));
}

async function deleteFile(record: Export, { texts, insist }: Means): Promise<undefined> {
  const isConfirmed = await confirm({
    title: texts.get('deleteTitle'),
    text: texts.get('deleteText', { name: exportName(record, texts) }),
    confirm: texts.get('deleteFile'),
    isDangerous: true,
  });
  if (!isConfirmed) return;
  announce(await insist(() => client.exports.remove(record.id)));
  toast(texts.get('deleted'));
}

async function repeat(record: Export, { texts, insist }: Means): Promise<Export | undefined> {
  const request = requestOf(record);
  if (!request) return undefined;
  const idempotencyKey = newIdempotencyKey();
  const created = await insist(() => client.exports.create(request, { idempotencyKey }));
  announce(created);
  toast(texts.get('repeated'));
  return created;
}

async function change(record: Export, { router }: Means): Promise<undefined> {
  await openDraft(router, fromRequest(record));
}

async function copy(text: string, { texts }: Means): Promise<undefined> {
  if (await copyText(text)) toast(texts.get('copied'));
  else toast(texts.get('copyFailed'), 'danger');
}

/** Downloads the file; without a file, shows the record. */
function curlCommand({ id, status }: Export): string {
  const url = `${SERVICE_URL}/api/v1/exports/${id}`;
  const authorization = '-H "Authorization: Bearer $TOKEN"';
  return status === 'completed'
    ? `curl -sSOJ ${authorization} '${url}/download'`
    : `curl -sS ${authorization} '${url}'`;
}
