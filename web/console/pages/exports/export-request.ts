import type { Export, ExportRequest } from '@export-service/client';

/** Exports that are no file of a request of their own: the response of a stream, a document about a user. */
const NOT_REPEATABLE = ['realtime', 'user'];

/**
 * The request that an export came from, by its record. The record does not have who was to be notified, and how long the
 * file was to be kept.
 * @returns null where it cannot be requested again, such as a board that was deleted
 */
export function requestOf(record: Export): ExportRequest | null {
  const { format } = record;
  switch (record.kind) {
    case 'board':
      if (record.session_id === null) return null;
      return { board: record.session_id, format, options: record.options } as ExportRequest;
    case 'boards': {
      const { session_ids: ids, ...options } = record.options;
      return { boards: ids ?? record.filters ?? {}, format, options } as ExportRequest;
    }
    case 'event':
      if (record.event_id === null) return null;
      return {
        event: record.event_id,
        format,
        one_time: record.one_time,
        options: record.options,
      } as ExportRequest;
    case 'data':
      return NOT_REPEATABLE.includes(record.type ?? '') ? null : rowsRequestOf(record);
  }
}

function rowsRequestOf(record: Export & { kind: 'data' }): ExportRequest {
  const { format, filters, data_types: dataTypes } = record;
  // The service adds these to the options of the record. Relative times are resolved again.
  const { tables, user_id: userId, columns, ...rest } = record.options;
  const options = { ...rest, as_of: undefined };
  const shared = { format, options, ...(filters && { filters }), ...(columns && { columns }) };
  if (tables) return { ...shared, tables } as ExportRequest;
  return {
    ...shared,
    type: dataTypes ? 'partial' : 'full',
    ...(dataTypes && { data_types: dataTypes }),
    ...(userId !== undefined && { user_id: userId }),
  } as ExportRequest;
}
