import { ConnectionError, DownloadError, ExportServiceError, RateLimitedError } from '../index.js';
import { ExitCode, toExitCode, UsageError } from './errors.js';
import { formatBytes, formatFields, formatRows } from './output.js';
import { safeFileName } from './printable.js';
import { formatDuration } from './progress-bar.js';

describe('A file name of the service', () => {
  it.each([
    ['Line.pdf', 'Line.pdf'],
    ['Звіт 2026-03-01.csv.gz', 'Звіт 2026-03-01.csv.gz'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\a.csv', 'a.csv'],
    ['.bashrc', 'bashrc'],
    ['..', 'export.csv'],
    ['', 'export.csv'],
    ['a\u001b[2J\nb\u202ecsv.exe', 'a[2Jbcsv.exe'],
    ['a:b?.csv', 'a_b_.csv'],
    [`${'я'.repeat(300)}.csv`, `${'я'.repeat(98)}.csv`],
  ])('%j becomes %j', (name, safe) => {
    expect(safeFileName(name, 'export.csv')).toBe(safe);
  });
});

describe('The output for people', () => {
  it('aligns columns, also of wide characters, and shows no control characters', () => {
    const rows = [
      ['日本', 1],
      ['a\u001b[31m\nb', null],
    ];

    expect(formatRows(['NAME', 'N'], rows)).toBe('NAME      N\n日本      1\na�[31m�b  –');
  });

  it('shows sizes, times and fields that have a value', () => {
    expect([0, 999, 1_500, 12_345_678, 5e12].map(formatBytes)).toEqual(['0 B', '999 B', '1.5 kB', '12.3 MB', '5 TB']);
    expect([0, 0.44, 5.2, 59.7, 65].map(formatDuration)).toEqual(['0.1 s', '0.4 s', '5 s', '1 min 0 s', '1 min 5 s']);
    expect(formatFields({ id: '1', error: null, status: 'failed' })).toBe('id      1\nstatus  failed');
  });
});

describe('The exit code', () => {
  it.each<[string, unknown, number]>([
    ['a wrong command line', new UsageError('no'), ExitCode.Usage],
    ['a refused request', new ExportServiceError('invalid-request', 'no', { status: 400 }), ExitCode.Usage],
    ['missing rights', new ExportServiceError('forbidden', 'no', { status: 403 }), ExitCode.Unauthorized],
    ['an expired file', new ExportServiceError('export-file-gone', 'no', { status: 410 }), ExitCode.NotFound],
    ['a rate limit', new RateLimitedError('rate-limit-exceeded', 'no', { status: 429 }), ExitCode.RateLimited],
    ['a lost connection', new ConnectionError(new Error('no')), ExitCode.Unreachable],
    ['a damaged file', new DownloadError('checksum-mismatch', 'no'), ExitCode.File],
    ['a full disk', Object.assign(new Error('no'), { syscall: 'write', code: 'ENOSPC' }), ExitCode.File],
    ['anything else', new Error('no'), ExitCode.Failed],
  ])('of %s is documented', (_case, error, code) => {
    expect(toExitCode(error)).toBe(code);
  });
});
