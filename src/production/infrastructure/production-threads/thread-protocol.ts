import { DomainError } from '../../../platform/errors/domain-error';
import { toError } from '../../../platform/async';
import { StorageUnavailableError } from '../../../platform/storage/file-storage';
import type { Progress } from '../../../formats';
import type { FinishedFile } from '../../model/domain/finished-file';
import { SnapshotNotSharedError } from '../../../export/sources';
import type { Attempt } from '../../model/domain/interfaces/attempt.repository';
import type { LedDivision } from '../../model/domain/interfaces/divided-production';
import { StorageFault } from '../../model/domain/interfaces/production';
import type { ClaimedPart } from '../../model/domain/part';

/** Messages to a production thread. The token is that of the attempt, or of the part. */
export type ToThread =
  | { readonly kind: 'produce'; readonly attempt: Attempt }
  | { readonly kind: 'part'; readonly token: string; readonly task: PartTask }
  | { readonly kind: 'abort'; readonly token: string }
  /** A thread whose event loop runs answers at once. */
  | { readonly kind: 'ping' }
  /** The thread ends. */
  | { readonly kind: 'close' };

/** Work on an export of several files. What `lead` opens stays open until its token is aborted. */
export type PartTask =
  | { readonly kind: 'lead'; readonly attempt: Attempt }
  | { readonly kind: 'assert-open'; readonly attempt: Attempt }
  | { readonly kind: 'produce'; readonly part: ClaimedPart; readonly isLed: boolean };

/** What the main thread learns of parts that a thread leads. */
export type LedParts = Pick<LedDivision, 'plan' | 'facts' | 'rowCount'>;

/** Messages of a production thread. */
export type FromThread =
  | { readonly kind: 'progress'; readonly token: string; readonly progress: Progress }
  | { readonly kind: 'produced'; readonly token: string; readonly file: FinishedFile }
  | { readonly kind: 'part-done'; readonly token: string; readonly result: unknown }
  | { readonly kind: 'failed'; readonly token: string; readonly error: SentError }
  | { readonly kind: 'pong' };

/** An error as data: a thread cannot send the class of an error. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | number | undefined;
  /** Of a `DomainError` alone. */
  readonly domain: Pick<DomainError, 'kind' | 'code' | 'details'> | null;
}

export function toSentError(thrown: unknown): SentError {
  const error = toError(thrown);
  const { name, message, stack } = error;
  const code = 'code' in error && ['string', 'number'].includes(typeof error.code) ? error.code : undefined;
  const domain = error instanceof DomainError ? { kind: error.kind, code: error.code, details: error.details } : null;
  return { name, message, stack, code: code as SentError['code'], domain };
}

/** Restores what the callers of a production distinguish: errors of the domain, of the storage, and of a snapshot. */
export function fromSentError({ name, message, stack, code, domain }: SentError): Error {
  if (domain) return Object.assign(new DomainError(domain.kind, domain.code, message, domain.details), { name, stack });
  if (name === SnapshotNotSharedError.name) return Object.assign(new SnapshotNotSharedError(message), { stack });
  if (name === StorageFault.name) return Object.assign(new StorageFault(message), { stack });
  if (name === StorageUnavailableError.name)
    return Object.assign(new StorageUnavailableError(null), { message, stack });
  return Object.assign(new Error(message), { name, stack, ...(code !== undefined && { code }) });
}
