import type { Export } from '@export-service/client';
import { fileStateOf } from './file-state';

const NOON = '2026-03-01T12:00:00.000Z';
const record = (traits: Partial<Export>): Export =>
  ({
    status: 'completed',
    progress: { percent: 100, done: 2, total: 2, unit: 'rows' },
    one_time: true,
    file_url: 'https://exports.example.com/file',
    expires_at: NOON,
    download_count: 0,
    downloaded_at: null,
    downloaded_by: null,
    ...traits,
  }) as Export;

describe('fileStateOf', () => {
  it.each<[string, Partial<Export>, object]>([
    ['a one-time file waits', {}, { name: 'waiting', until: NOON }],
    [
      'a repeatable file says how often it was downloaded',
      { one_time: false, download_count: 3 },
      { name: 'repeatable', until: NOON, downloads: 3 },
    ],
    [
      'the user has downloaded the file',
      { status: 'expired', file_url: null, downloaded_at: NOON, downloaded_by: 'user:ann' },
      { name: 'downloaded', at: NOON, by: { name: 'you' } },
    ],
    [
      'the bearer of the link has downloaded it',
      { status: 'expired', file_url: null, downloaded_at: NOON, downloaded_by: 'link' },
      { name: 'downloaded', at: NOON, by: { name: 'link' } },
    ],
    [
      'somebody else has downloaded it',
      { status: 'expired', file_url: null, downloaded_at: NOON, downloaded_by: 'user:eve' },
      { name: 'downloaded', at: NOON, by: { name: 'other', id: 'eve' } },
    ],
    ['nobody has downloaded it in time', { status: 'expired', file_url: null }, { name: 'expired', isUnread: true }],
    [
      'a repeatable file has expired',
      { status: 'expired', file_url: null, one_time: false },
      { name: 'expired', isUnread: false },
    ],
    [
      'the export runs',
      { status: 'processing', file_url: null, progress: { percent: 40, done: 4, total: 10, unit: 'rows' } },
      { name: 'running', percent: 40 },
    ],
    ['the export failed', { status: 'failed', file_url: null }, { name: 'failed' }],
  ])('tells that %s', (_, traits, state) => {
    expect(fileStateOf(record(traits), 'ann')).toEqual(state);
  });
});
