import { onUnmounted, ref, type Ref, shallowRef } from 'vue';
import {
  fileOfBlob,
  isManifest,
  type VerificationReport,
  type VerifiableFile,
  verify,
} from '@export-service/client/verify';
import { client, SERVICE_URL } from '../../session/session';

export interface VerificationProgress {
  readonly file: string;
  readonly percent: number | null;
}

/** Verifies files of the user by the keys of the service. Their bytes never leave the browser. */
export interface Verification {
  readonly report: Ref<VerificationReport | undefined>;
  /** While it runs. */
  readonly progress: Ref<VerificationProgress | undefined>;
  readonly error: Ref<unknown>;
  /** @param exportId the files must be of this export, whose manifest is loaded unless it is among them */
  start(files: readonly File[], exportId: string | undefined): Promise<void>;
  cancel(): void;
}

export function useVerification(): Verification {
  const report = shallowRef<VerificationReport>();
  const progress = shallowRef<VerificationProgress>();
  const error = ref<unknown>();
  let controller: AbortController | undefined;

  async function start(chosen: readonly File[], exportId: string | undefined): Promise<void> {
    cancel();
    const { signal } = (controller = new AbortController());
    report.value = undefined;
    error.value = undefined;
    progress.value = { file: chosen[0]?.name ?? '', percent: null };
    try {
      const files = chosen.map((file) => fileOfBlob(file, file.name));
      const given = await withManifest(files, exportId, signal);
      const found = await verify({
        files: given,
        jwks: await loadKeys(signal),
        exportId,
        isSelection: true,
        signal,
        onProgress: ({ file, done, total }) => {
          progress.value = { file, percent: total === 0 ? null : Math.floor((done / total) * 100) };
        },
      });
      if (!signal.aborted) report.value = found;
    } catch (reason) {
      if (!signal.aborted) error.value = reason;
    } finally {
      if (controller.signal === signal) progress.value = undefined;
    }
  }

  function cancel(): void {
    controller?.abort();
    progress.value = undefined;
  }

  onUnmounted(cancel);
  return { report, progress, error, start, cancel };
}

/** The files, with the manifest of the export if it is needed. */
async function withManifest(
  files: readonly VerifiableFile[],
  exportId: string | undefined,
  signal: AbortSignal,
): Promise<VerifiableFile[]> {
  const [first, ...others] = files;
  if (!first || others.length > 0 || exportId === undefined || isManifest(first)) return [...files];
  const text = await client.exports.manifest(exportId, { signal });
  return [first, fileOfBlob(new Blob([text]), `${first.name}.manifest.json`)];
}

async function loadKeys(signal: AbortSignal): Promise<unknown> {
  const response = await fetch(`${SERVICE_URL}/.well-known/jwks.json`, { signal });
  if (!response.ok) throw new Error(`The service answers ${response.status} for its keys.`);
  return response.json();
}
