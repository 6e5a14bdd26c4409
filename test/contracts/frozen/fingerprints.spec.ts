import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { DataTypeRequest } from '../../../src/catalog/api/data-type.request';
import { fingerprintOf } from '../../../src/export/model/domain/export-request';
import type { RequestExport } from '../../../src/export/model/domain/interfaces/export.repository';
import { principalKey } from '../../../src/platform/auth/principal';
import { idempotentRequest } from '../../../src/platform/idempotent-request';
import { ScheduleRequest } from '../../../src/scheduled-export/api/schedule.request';
import { VECTORS } from './vectors';

/** The recorded request in the form that the code takes today. */
function toRequest({ sessionId, eventId, ...request }: (typeof VECTORS.exports)[0]['request']): RequestExport {
  return { ...request, subject: sessionId ?? eventId, params: {} };
}

/** A client that repeats a request after an upgrade must get what it made before, not a refusal and not a second one. */
describe('Request fingerprints of the last release', () => {
  it.each(VECTORS.principals)('$key owns its idempotency keys under the same name', ({ principal, key }) => {
    expect(principalKey(principal)).toBe(key);
  });

  it.each(VECTORS.exports)('$name: an export', ({ request, fingerprint }) => {
    expect(fingerprintOf(toRequest(request))).toEqual(fingerprint);
  });

  it('an export has the same fingerprint whatever its relative times resolve to', () => {
    const [{ request, fingerprint }] = VECTORS.exports;
    const later = { ...toRequest(request), options: { ...request.options, as_of: '2031-01-01T00:00:00.000Z' } };

    expect(fingerprintOf(later)).toEqual(fingerprint);
  });

  it.each(VECTORS.schedules)('$name: a schedule', ({ body, text }) => {
    expect(JSON.stringify(ScheduleRequest.toInput(plainToInstance(ScheduleRequest, body)))).toBe(text);
  });

  it.each(VECTORS.dataTypes)('$name: a data type', ({ body, text }) => {
    expect(JSON.stringify(DataTypeRequest.toDraft(plainToInstance(DataTypeRequest, body)))).toBe(text);
  });

  it.each(VECTORS.parts)('the parts $parts', ({ parts, fingerprint }) => {
    expect(idempotentRequest(VECTORS.principals[0]!.principal, 'key', ...parts)).toMatchObject({ fingerprint });
  });
});
