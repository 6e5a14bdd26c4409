import { createHmac } from 'node:crypto';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { lessonBoard, noteBoard } from '../support/boards';
import { type Client, type ExportRecord, follow, sha256 } from '../support/client';
import { Installation } from '../support/installation';
import { TEST_LINK_SECRET } from '../support/tokens';
import { until } from '../support/until';

/** The file as the service itself hands it out. */
describe('GET /exports/:id/download', () => {
  let installation: Installation;
  let ann: Client;
  let done: ExportRecord;
  let path: string;
  let whole: Buffer;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ STORAGE: 'disk' }));
    ann = await installation.asUser('ann');
    const { id } = await ann.requestExport(await ann.saveBoard(lessonBoard(2), 'Урок №5: «Їжак» / "ґ"'), 'pdf');
    done = await ann.finished(id);
    path = `/api/v1/exports/${id}/download`;
    whole = (await follow(done.file_url)).bytes;
  });

  afterAll(() => installation.remove());

  it('names the file after the board, in ASCII and in UTF-8', async () => {
    const { headers } = await follow(done.file_url);

    const disposition = headers.get('content-disposition')!;
    const [, extended] = /filename\*=UTF-8''(\S+)$/.exec(disposition)!;
    expect(decodeURIComponent(extended!)).toBe(done.file_name);
    expect(done.file_name).toMatch(/^Урок №5 «Їжак» ґ\.pdf$/);
    expect(disposition).toMatch(/^attachment; filename="[ -~]+\.pdf"; /);
  });

  it('serves the file with a token at each of its paths', async () => {
    for (const place of [path, `${path}/`, path.replace('/v1', ''), `${path.replace('/v1', '')}/`]) {
      const file = await ann.get(place);
      expect({ status: file.status, sha256: sha256(file.bytes) }).toEqual({ status: 200, sha256: done.sha256 });
    }
  });

  it.each([
    ['the beginning', 'bytes=0-9', [0, 10]],
    ['the middle', 'bytes=100-199', [100, 200]],
    ['what follows', 'bytes=100-', [100, undefined]],
    ['the end', 'bytes=-25', [-25, undefined]],
    ['more than there is', 'bytes=5-99999999', [5, undefined]],
  ])('returns 206 with the requested range: %s', async (_, range, [start, end]) => {
    const expected = whole.subarray(start, end);

    const part = await follow(done.file_url, { Range: range });

    expect(part.status).toBe(206);
    expect(part.bytes.equals(expected)).toBe(true);
    const first = whole.indexOf(expected);
    expect(part.headers.get('content-range')).toBe(`bytes ${first}-${first + expected.length - 1}/${whole.length}`);
  });

  it('returns 416 for a range beyond the end of the file', async () => {
    const { status, headers } = await follow(done.file_url, { Range: `bytes=${whole.length}-` });

    expect(status).toBe(416);
    expect(headers.get('content-range')).toBe(`bytes */${whole.length}`);
  });

  it.each(['bytes=5-1', 'lines=1-2', 'bytes=a-b', 'bytes=0-1,5-6', 'nonsense'])(
    'is not broken by the range %s',
    async (range) => {
      const { status } = await follow(done.file_url, { Range: range });

      expect([200, 206, 416]).toContain(status);
    },
  );

  it('ignores a range whose If-Range names another version', async () => {
    const tag = (await follow(done.file_url, {}, 'HEAD')).headers.get('etag')!;

    const same = await follow(done.file_url, { Range: 'bytes=0-9', 'If-Range': tag });
    const other = await follow(done.file_url, { Range: 'bytes=0-9', 'If-Range': '"another"' });

    expect([same.status, other.status]).toEqual([206, 200]);
    expect(other.bytes).toHaveLength(whole.length);
  });

  it('returns the headers of the file to HEAD', async () => {
    const head = await follow(done.file_url, {}, 'HEAD');

    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String(whole.length));
    expect(head.headers.get('accept-ranges')).toBe('bytes');
    expect(head.headers.get('content-type')).toBe('application/pdf');
  });

  it('returns 304 to a client that has the file already', async () => {
    const tag = (await follow(done.file_url, {}, 'HEAD')).headers.get('etag')!;

    for (const known of [tag, `"another", ${tag}`, `${tag},"another"`]) {
      const { status, bytes } = await follow(done.file_url, { 'If-None-Match': known });
      expect([known, status, bytes.length]).toEqual([known, 304, 0]);
    }
    expect((await follow(done.file_url, { 'If-None-Match': '"another"' })).status).toBe(200);
  });

  it('counts complete downloads only', async () => {
    const { id } = await ann.requestExport(await ann.saveBoard(noteBoard()), 'png');
    const { file_url: link } = await ann.finished(id);

    await follow(link, {}, 'HEAD');
    await follow(link, { Range: 'bytes=0-9' });
    await follow(link, { 'If-None-Match': `"${(await ann.status(id)).sha256}"` });
    const counted = (count: number) =>
      until(`${count} are counted`, async () => (await ann.status(id)).download_count === count);
    await follow(link);
    await counted(1);
    await ann.get(`/api/v1/exports/${id}/download`);

    await counted(2);
    const entries = await installation.sql<{ user_id: string | null }>(
      `SELECT user_id FROM export_audit_log WHERE export_id = $1 AND action = 'export.downloaded' ORDER BY id`,
      id,
    );
    expect(entries).toEqual([{ user_id: null }, { user_id: 'ann' }]);
  });

  it('returns 409 while the export is unfinished', async () => {
    const { id } = await ann.requestExport(await ann.saveBoard(lessonBoard(20)), 'png');

    const { status, body } = await ann.get(`/api/v1/exports/${id}/download`);

    expect(status).toBe(409);
    expect(body).toMatchObject({ detail: 'The export is not finished yet' });
    await ann.delete(`/api/v1/exports/${id}/`);
  });

  it.each([
    ['a changed signature', (link: URL) => changed(link, 'signature', (value) => `${value.slice(0, -2)}AA`)],
    ['a later end', (link: URL) => changed(link, 'expires', (value) => String(Number(value) + 60))],
    ['an end in the past', (link: URL) => changed(link, 'expires', () => '1')],
    ['no number as its end', (link: URL) => changed(link, 'expires', () => 'never')],
    ['an empty signature', (link: URL) => changed(link, 'signature', () => '')],
    ['two signatures', (link: URL) => new URL(`${link.href}&signature=x`)],
  ])('refuses a link with %s', async (_, tamper) => {
    const link = tamper(new URL(done.file_url!));

    const { status, body } = await follow(link.href);

    expect(status).toBe(403);
    expect(body).toMatchObject({ status: 403, detail: expect.stringContaining('not valid or has expired') });
  });

  it('refuses a link after its expiry', async () => {
    const now = Math.floor(Date.now() / 1000);

    expect((await follow(signedLink(done, now + 60))).status).toBe(200);
    expect((await follow(signedLink(done, now - 1))).status).toBe(403);
  });

  it('refuses the link of another export of the same owner', async () => {
    const other = await ann.requestExport(await ann.saveBoard(noteBoard()), 'png');
    await ann.finished(other.id);
    const link = done.file_url!.replace(done.id, other.id);

    expect((await follow(link)).status).toBe(403);
    expect((await ann.get(link)).status).toBe(403);
  });

  it('accepts a link for the download only', async () => {
    const { search } = new URL(done.file_url!);

    const status = await installation.asAnonymous().get(`/api/v1/exports/${done.id}/${search}`);

    expect(status.status).toBe(401);
  });

  it('aborts, and does not count, when storage has lost the end of the file', async () => {
    const { id } = await ann.requestExport(await ann.saveBoard(noteBoard()), 'png');
    const { file_url: link } = await ann.finished(id);
    const file = (await installation.storedFiles()).find((name) => name.startsWith(`exports/${id}/`))!;
    await truncate(join(installation.storageFolder, file), 1_000);

    await expect(follow(link)).rejects.toThrow();

    expect(await ann.status(id)).toMatchObject({ status: 'completed', download_count: 0 });
  });

  it('returns 410 after the export was deleted', async () => {
    const { id } = await ann.requestExport(await ann.saveBoard(noteBoard()), 'png');
    const { file_url: link } = await ann.finished(id);

    const deleted = await ann.delete(`/api/v1/exports/${id}/`);
    const again = await ann.delete(`/api/v1/exports/${id}/`);

    expect(deleted.body).toMatchObject({ status: 'expired', file_url: null });
    expect([deleted.status, again.status, again.body.status]).toEqual([200, 200, 'expired']);
    expect((await follow(link)).status).toBe(410);
    await until('the file is gone', async () => !(await installation.storedFiles()).some((file) => file.includes(id)));
  });
});

function changed(link: URL, parameter: string, change: (value: string) => string): URL {
  link.searchParams.set(parameter, change(link.searchParams.get(parameter) ?? ''));
  return link;
}

function signedLink({ file_url: link }: ExportRecord, expires: number): string {
  const url = new URL(link!);
  const signature = createHmac('sha256', TEST_LINK_SECRET).update(`${url.pathname}\n${expires}`).digest('base64url');
  url.search = new URLSearchParams({ expires: String(expires), signature }).toString();
  return url.href;
}
