import { type IdempotentRequest, idempotentRequest } from '../../../platform/idempotent-request';
import type { RequestExport } from '../domain/commands/request-export.command';

/** By what a repeat of a request is known; `null` when the client gave it no name of its own. */
export function fingerprintOf(request: RequestExport): IdempotentRequest | null {
  const { caller, idempotencyKey, kind, type, format, sessionId, eventId, oneTime, dataTypes, filters, options } =
    request;
  if (idempotencyKey === null) return null;
  const { delivery, retentionSeconds } = request;
  // Which moment relative words mean is no part of what was asked: a repeat comes later and means the first one's.
  const asked = { ...options, as_of: undefined };
  const wanted = [type, sessionId, eventId, oneTime, dataTypes, filters, asked, delivery.asked, retentionSeconds];
  const what = JSON.stringify(wanted);
  return idempotentRequest(caller, idempotencyKey, 'export', kind, format, what);
}
