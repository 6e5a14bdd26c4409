import type { Export } from '@export-service/client';

/** What has become of a file of results, and of its link. */
export type FileState =
  | { readonly name: 'running'; readonly percent: number | null }
  /** It can be downloaded once, until the time. */
  | { readonly name: 'waiting'; readonly until: string | null }
  /** It can be downloaded again and again, until the time. */
  | { readonly name: 'repeatable'; readonly until: string | null; readonly downloads: number }
  | { readonly name: 'downloaded'; readonly at: string; readonly by: Downloader }
  /** It was deleted before someone downloaded it, where it could be downloaded once. */
  | { readonly name: 'expired'; readonly isUnread: boolean }
  | { readonly name: 'failed' }
  | { readonly name: 'cancelled' };

/** Who downloaded a one-time file: the user, the bearer of its link, or another principal by its id. */
export type Downloader = { readonly name: 'you' | 'link' } | { readonly name: 'other'; readonly id: string };

export function fileStateOf(record: Export, userId: string): FileState {
  const { status, one_time: isOneTime, downloaded_at: at, expires_at: until, download_count: downloads } = record;
  if (at !== null) return { name: 'downloaded', at, by: downloaderOf(record.downloaded_by, userId) };
  if (status === 'failed' || status === 'cancelled') return { name: status };
  if (status === 'pending' || status === 'processing') return { name: 'running', percent: record.progress.percent };
  if (status === 'expired' || record.file_url === null) return { name: 'expired', isUnread: isOneTime };
  return isOneTime ? { name: 'waiting', until } : { name: 'repeatable', until, downloads };
}

function downloaderOf(principal: string | null, userId: string): Downloader {
  if (principal === `user:${userId}`) return { name: 'you' };
  if (principal === null || principal === 'link') return { name: 'link' };
  return { name: 'other', id: principal.replace(/^\w+:/, '') };
}
