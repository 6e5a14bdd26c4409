import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { createSigningKey, formatKey } from '../../src/platform/signing/signing-key';
import { seriousViolations } from '../support/accessibility';
import type { Application } from '../support/application';
import { describeInBrowser } from '../support/browser';
import { follow, type ExportRecord } from '../support/client';
import { horizontalOverflow, PHONE, screenshot, useConsole } from '../support/console';
import { addTableType } from '../support/data';
import { Installation } from '../support/installation';
import { signedToken } from '../support/tokens';

describeInBrowser('The verification of files in the console', () => {
  const browser = useConsole();
  const annId = randomUUID();
  let installation: Installation;
  let service: Application;
  let token: string;

  beforeAll(async () => {
    ({ installation, application: service } = await Installation.withApplication({
      SIGNING_KEY: formatKey(createSigningKey()),
    }));
    token = await signedToken(annId, { email: 'ann@example.com' });
    await installation.sql('CREATE TABLE notes_of_ann (id int, user_id uuid, name text)');
    await installation.sql(`INSERT INTO notes_of_ann SELECT n, '${annId}', 'note ' || n FROM generate_series(1, 10) n`);
    await addTableType(installation, 'notes_of_ann');
  });

  afterAll(() => installation.remove());

  async function exported(format: string): Promise<{ record: ExportRecord; bytes: Buffer; manifest: Buffer }> {
    const ann = await installation.asUser(annId);
    const { body } = await ann.post('/api/v1/exports', { type: 'partial', data_types: ['notes_of_ann'], format });
    const record = await ann.finished(body.id as string);
    const { bytes: manifest } = await ann.get(`/api/v1/exports/${record.id}/manifest`);
    return { record, bytes: Buffer.from((await follow(record.file_url)).bytes), manifest: Buffer.from(manifest) };
  }

  const choose = (page: Page, ...files: { name: string; buffer: Buffer }[]) =>
    page
      .getByLabel('Choose files')
      .setInputFiles(files.map((file) => ({ mimeType: 'application/octet-stream', ...file })));

  it('says in the browser what a file is, and what was changed in it, and uploads nothing', async () => {
    const { record, bytes, manifest } = await exported('csv');
    const parquet = await exported('ndjson');
    const page = await browser.open(service, `/exports/${record.id}`, { token });
    await page.getByRole('link', { name: 'Verify a file' }).click();
    await page.getByRole('heading', { name: 'Verify files' }).waitFor();
    const uploads: string[] = [];
    page.on('request', (request) => {
      if (request.method() !== 'GET') uploads.push(request.url());
    });

    // With the manifest that the page loads for the export.
    await choose(page, { name: 'mine.csv', buffer: bytes });
    await page.getByText('Complete, unmodified, and signed by this service').waitFor();
    const result = page.getByRole('main');
    expect(await result.innerText()).toContain('10 rows counted');
    expect(await result.innerText()).toContain(record.id);
    expect(await seriousViolations(page)).toEqual([]);
    await screenshot(page, 'verify');

    const changed = Buffer.from(bytes);
    changed[20] = (changed[20] ?? 0) ^ 1;
    await choose(page, { name: 'mine.csv', buffer: changed }, { name: 'mine.csv.manifest.json', buffer: manifest });
    await page.getByText('Not as the service made it', { exact: true }).waitFor();
    expect(await page.getByRole('list', { name: 'Findings' }).innerText()).toContain('Block 0 (bytes 0 to');

    // The file of another export, with its own manifest.
    await choose(
      page,
      { name: 'other.ndjson', buffer: parquet.bytes },
      { name: 'other.ndjson.manifest.json', buffer: parquet.manifest },
    );
    await page.getByText(`The manifest is of the export ${parquet.record.id}`).waitFor();
    expect(uploads).toEqual([]);
  });

  it('takes dropped files, says what is missing, and is usable on a phone and in Ukrainian', async () => {
    const { bytes } = await exported('csv');
    const page = await browser.open(service, '/verify', { token, locale: 'uk', ...PHONE });
    const zone = page.getByText('Виберіть файли');
    await zone.waitFor();

    const transfer = await page.evaluateHandle(`(() => {
      const dropped = new DataTransfer();
      dropped.items.add(new File([${JSON.stringify(bytes.toString())}], 'mine.csv'));
      return dropped;
    })()`);
    await zone.dispatchEvent('drop', { dataTransfer: transfer });

    await page.getByText('Неможливо перевірити').waitFor();
    expect(await page.getByRole('list', { name: 'Що знайдено' }).innerText()).toContain(
      'Жоден маніфест не описує цей файл.',
    );
    expect(await horizontalOverflow(page)).toBeLessThanOrEqual(0);
  });
});
