import { NO_FILTERS, toAuditQuery, toExportFilters } from './audit-filters';

describe('The filters of the audit log', () => {
  const midnight = (...day: [number, number, number]): string => new Date(...day).toISOString();

  it('ask for everything while they are empty', () => {
    expect(toAuditQuery({ ...NO_FILTERS, user_id: ' ' })).toEqual({});
    expect(toExportFilters(NO_FILTERS)).toEqual({});
  });

  it('include the last day, where the user is', () => {
    const filters = { ...NO_FILTERS, from: '2026-11-29', to: '2026-11-30' };

    expect(toAuditQuery(filters)).toEqual({ from: midnight(2026, 10, 29), to: midnight(2026, 11, 1) });
    expect(toExportFilters(filters)).toEqual({
      export_audit_log: { at: { gte: midnight(2026, 10, 29), lt: midnight(2026, 11, 1) } },
    });
  });

  it('select the same entries for the list and for the export', () => {
    const filters = { ...NO_FILTERS, action: 'schedule.*', user_id: ' ann ', address: '10.0.0.1' };

    expect(toAuditQuery(filters)).toEqual({ action: 'schedule.*', user_id: 'ann', address: '10.0.0.1' });
    expect(toExportFilters(filters)).toEqual({
      export_audit_log: { action: { like: 'schedule.%' }, user_id: 'ann', address: '10.0.0.1' },
    });
  });

  it('name one action exactly', () => {
    expect(toExportFilters({ ...NO_FILTERS, action: 'export.requested' })).toEqual({
      export_audit_log: { action: 'export.requested' },
    });
  });
});
