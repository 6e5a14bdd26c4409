import { deflateSync } from 'node:zlib';
import { crc32 } from 'node:zlib';
import { PNG } from 'pngjs';
import { noteBoard } from '../support/boards';
import { type Client, follow, sha256 } from '../support/client';
import { expectStored } from '../support/exactly-one-file';
import { Installation } from '../support/installation';

/** Source 2, §4.1: the front end draws the PNG itself, and sends what `stage.toDataURL()` gave. */
describe('An uploaded picture', () => {
  let installation: Installation;
  let ann: Client;
  let session: string;

  beforeAll(async () => {
    installation = await Installation.create({ STORAGE: 'disk' });
    await installation.startApplication({ ROLE: 'api' });
    ann = await installation.asUser('ann');
    session = await ann.saveBoard(noteBoard());
  });

  afterAll(() => installation.remove());

  function send(id: string, picture: Buffer | string, type = 'image/png') {
    return ann.send('PUT', `/api/v1/exports/${id}/content`, picture, { 'content-type': type });
  }

  it('completes a pending export as bytes', async () => {
    const { id } = await ann.requestExport(session, 'png');
    const picture = redPicture(30, 20);

    const { status, body } = await send(id, picture);
    const file = await follow(body.file_url as string);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'completed',
      file_size: picture.length,
      sha256: sha256(picture),
      page_count: 1,
    });
    expect(file.bytes.equals(picture)).toBe(true);
    expect(file.headers.get('content-type')).toBe('image/png');
  });

  it('completes a pending export as a data URL', async () => {
    const { id } = await ann.requestExport(session, 'png');
    const picture = redPicture(30, 20);

    const { body } = await send(id, `data:image/png;base64,${picture.toString('base64')}`, 'text/plain');

    expect(body).toMatchObject({ status: 'completed', sha256: sha256(picture) });
  });

  it.each<[string, Buffer | string]>([
    ['garbage', Buffer.from('not a picture')],
    ['cut off', redPicture(30, 20).subarray(0, -20)],
    ['cut in its pixels', cutInItsPixels(redPicture(300, 200))],
    ['followed by something', Buffer.concat([redPicture(30, 20), Buffer.from('<script>')])],
    ['20,000 pixels a side', headerBomb(20_000, 20_000)],
    ['without pixels', headerBomb(0, 0)],
    ['a GIF', Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')],
    ['an empty data URL', 'data:image/png;base64,'],
    ['a data URL of something else', 'data:text/html;base64,PGI+'],
    ['no base64', 'data:image/png;base64,%%%%'],
  ])('is rejected when it is %s, and the export continues', async (_, picture) => {
    const { id } = await ann.requestExport(session, 'png');

    const { status, body } = await send(id, picture, typeof picture === 'string' ? 'text/plain' : 'image/png');

    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid-picture', errors: [{ field: 'content' }] });
    expect(await ann.status(id)).toMatchObject({ status: 'pending' });
    await expectStored(installation, id, []);
  });

  it('is rejected without a body, in another type, and when it is too large', async () => {
    const { id } = await ann.requestExport(session, 'png');

    expect((await ann.send('PUT', `/api/v1/exports/${id}/content`)).status).toBe(400);
    expect((await send(id, '{}', 'application/json')).status).toBe(415);
    expect((await send(id, Buffer.alloc(26 * 1024 * 1024))).status).toBe(413);
  });

  it('is rejected by exports of other formats and of other users', async () => {
    const bob = await installation.asUser('bob');
    const pdf = await ann.requestExport(session, 'pdf');
    const bobs = await bob.requestExport(await bob.saveBoard(noteBoard()), 'png');

    expect((await send(pdf.id, redPicture(3, 2))).status).toBe(409);
    expect((await send(bobs.id, redPicture(3, 2))).status).toBe(404);
    expect((await send('nonsense', redPicture(3, 2))).status).toBe(404);
  });

  it('is rejected by a cancelled export', async () => {
    const { id } = await ann.requestExport(session, 'png');
    await ann.delete(`/api/v1/exports/${id}/`);

    expect((await send(id, redPicture(3, 2))).status).toBe(409);
    await expectStored(installation, id, []);
  });

  it('replaces another one, and one that was drawn', async () => {
    const { id } = await ann.requestExport(session, 'png');
    await send(id, redPicture(3, 2));
    const second = await send(id, redPicture(5, 4));
    const worker = await installation.startApplication({ ROLE: 'worker' });
    const drawn = await ann.requestExport(session, 'png');
    await ann.finished(drawn.id);
    const replaced = await send(drawn.id, redPicture(7, 6));
    await worker.close();

    for (const { body } of [second, replaced]) {
      const { bytes } = await follow(body.file_url as string);
      expect(sha256(bytes)).toBe(body.sha256);
      const [file, ...others] = (await installation.storedFiles()).filter((name) => name.includes(body.id as string));
      expect(file).toMatch(/^pictures\//);
      expect(others).toEqual([]);
    }
  });
});

function redPicture(width: number, height: number): Buffer {
  const picture = new PNG({ width, height });
  for (let at = 0; at < picture.data.length; at += 4) picture.data.set([255, at % 251, 0, 255], at);
  return PNG.sync.write(picture);
}

/** Sound at both ends, with a hole between. */
function cutInItsPixels(png: Buffer): Buffer {
  return Buffer.concat([png.subarray(0, 200), png.subarray(-12)]);
}

/** A few bytes that promise a picture of this size. */
function headerBomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
