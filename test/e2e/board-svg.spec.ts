import { noteBoard, pagesBoard } from '../support/boards';
import { type Client, follow } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { pngSize } from '../support/files';
import { hostileBoard } from '../support/hostile-board';
import { Installation } from '../support/installation';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox";

describe('A board exported as SVG', () => {
  let installation: Installation;
  let ann: Client;
  let partner: CustomerClient;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    ann = await installation.asUser('ann');
    partner = await installation.asCustomer();
  });

  afterAll(() => installation.remove());

  it('is one file with its text, which browsers save and never run', async () => {
    const session = await ann.saveBoard(noteBoard('Привіт'), 'Notes');

    const { id } = await ann.requestExport(session, 'svg');
    const { file_url: link, ...record } = await ann.finished(id);
    const file = await follow(link);

    expect(record).toMatchObject({ format: 'svg', page_count: 1, file_name: 'Notes.svg', warnings: [] });
    expect(Object.fromEntries(file.headers)).toMatchObject({
      'content-type': 'image/svg+xml',
      'content-disposition': expect.stringMatching(/^attachment; filename="Notes\.svg"/),
      'x-content-type-options': 'nosniff',
      'content-security-policy': POLICY,
    });
    expect(file.bytes.toString()).toMatch(/^<svg .*>Привіт<.*<\/svg>\n$/s);
  });

  it('is a zip when there are several pages, and a file when one is requested', async () => {
    const session = await ann.saveBoard(pagesBoard(3));

    const [all, one] = [await ann.requestExport(session, 'svg'), await ann.requestExport(session, 'svg', { page: 3 })];
    const [zip, file] = [await ann.finished(all.id), await ann.finished(one.id)];
    const tooFar = await ann.post(`/api/v1/solo/sessions/${session}/export`, { format: 'svg', options: { page: 4 } });

    expect(zip).toMatchObject({ page_count: 3, file_name: 'Board.zip' });
    expect((await follow(zip.file_url as string)).bytes.toString('latin1')).toContain('page-003.svg');
    expect(file).toMatchObject({ page_count: 1, file_name: 'Board.svg' });
    expect(tooFar).toMatchObject({ status: 400, body: { errors: [{ field: 'options.page' }] } });
  });

  it('is estimated, and has a picture of its page', async () => {
    const session = await ann.saveBoard(pagesBoard(3));
    const body = { format: 'svg', options: { page: 2 } };

    const estimate = await ann.post(`/api/v1/solo/sessions/${session}/export`, { ...body, dry_run: true });
    const { id } = await ann.requestExport(session, 'svg', body.options);
    const { file_size: size } = await ann.finished(id);
    const preview = await ann.get(`/api/v1/exports/${id}/pages/1`);

    expect(estimate).toMatchObject({ status: 200, body: { unit: 'pages', record_count: 1 } });
    expect(estimate.body.file_size as number).toBeLessThan(20 * (size as number));
    expect(preview.status).toBe(200);
    expect(pngSize(preview.bytes).height).toBe(640);
  });

  it('is exported by external systems, also from a hostile board', async () => {
    const session = await partner.startSession('ada', JSON.parse(hostileBoard().toString()) as object);

    const { id } = await partner.requestExport(session, 'svg');
    const end = await partner.finished(id);
    const file = await partner.get(`/api/v1/customer/export/${id}`);

    expect(end).toMatchObject({ status: 'completed', page_count: 1 });
    expect(file.headers.get('content-security-policy')).toBe(POLICY);
    expect(file.text).not.toMatch(/<script|elsewhere\.test\/[ab]/);
  });
});
