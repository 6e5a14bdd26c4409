import type { Export } from '@export-service/client';

/** Whether the service has pictures of the pages of the file. */
export function isShowable({ status, file_url: url, one_time: isOneTime }: Export): boolean {
  return status === 'completed' && url !== null && !isOneTime;
}

/** @param exports the newest first */
export function findShowable(exports: readonly Export[]): Export | undefined {
  return exports.find(isShowable);
}
