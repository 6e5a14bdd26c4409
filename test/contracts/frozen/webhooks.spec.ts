import { WebhookChannel } from '../../../src/delivery/channels/webhook/webhook.channel';
import type { ClaimedMessage } from '../../../src/delivery/model/domain/claimed-message';
import { type Export, ExportPresenter, type ExportsForDelivery } from '../../../src/export';
import { ExportFiles } from '../../../src/export/model/services/export-files';
import { LinkSigner } from '../../../src/platform/auth/link-signer';
import { Config } from '../../../src/platform/config/config';
import type { OutboundHttp } from '../../../src/delivery/infrastructure/outbound/outbound-http';
import { SecretCipher } from '../../../src/delivery/infrastructure/secret-cipher';
import { VECTORS } from './vectors';

const ID = '0199f3a2-7c1e-7d3a-9b62-1f0c5a6e8d11';
const DELIVERY_ID = '0199f3a2-7c1e-7d3a-9b62-1f0c5a6e8d22';
const config = Config.from(VECTORS.environment);
const at = new Date('2026-11-28T12:34:56.789Z');

const completed: Export = {
  id: ID,
  kind: 'data',
  type: 'scheduled',
  format: 'csv',
  status: 'completed',
  userId: 'ada',
  tenantId: 'blue',
  customerId: null,
  requestedBy: 'user',
  params: null,
  subject: null,
  scheduleId: ID,
  dataTypes: ['profile'],
  filters: null,
  options: { timezone: 'UTC' },
  deliveries: [],
  oneTime: false,
  isLarge: false,
  streamed: false,
  requestId: 'request-1',
  isDownloadCompleting: false,
  progress: { done: 7, total: 7, unit: 'rows' },
  object: { key: `exports/${ID}/token.csv`, contentType: 'text/csv; charset=utf-8' },
  fileName: 'Звіт.csv',
  estimate: null,
  fileSize: 123,
  sha256: 'ab'.repeat(32),
  recordCount: 7,
  pageCount: null,
  partCount: null,
  read: null,
  downloadCount: 0,
  downloadedAt: null,
  downloadedBy: null,
  error: null,
  errorCode: null,
  warnings: [{ code: 'image-missing', text: 'One column is missing' }],
  expiresAt: at,
  createdAt: at,
  updatedAt: at,
  startedAt: at,
  completedAt: at,
};

const failed: Export = {
  ...completed,
  status: 'failed',
  object: null,
  fileName: null,
  fileSize: null,
  sha256: null,
  recordCount: null,
  error: 'The table was gone',
  errorCode: 'rows-not-written',
  warnings: [],
  expiresAt: null,
  completedAt: null,
  progress: { done: 3, total: 7, unit: 'rows' },
};

const RECORD =
  `"id":"${ID}","kind":"data","session_id":null,"event_id":null,"schedule_id":"${ID}","user_id":"ada",` +
  `"type":"scheduled","format":"csv"`;
const MOMENT = '"2026-11-28T12:34:56.789Z"';

/** Programs read these bodies: a field may be added, and none is taken away or changed. */
describe('The body of a webhook', () => {
  it('describes a completed export', async () => {
    const { body } = await sent({ event: 'export.completed', exportId: ID, facts: {} }, completed);

    const { file_url: link } = (JSON.parse(body) as { data: { file_url: string } }).data;
    const { origin, pathname, searchParams } = new URL(link);
    const proof = { expires: Number(searchParams.get('expires')), signature: searchParams.get('signature')! };
    expect([origin, pathname]).toEqual(['https://exports.platform.example', `/api/v1/exports/${ID}/download`]);
    expect(new LinkSigner(config).verify(pathname, proof)).toBe(true);
    expect(body).toBe(
      `{"type":"export.completed","timestamp":${MOMENT},"data":{${RECORD},"status":"completed",` +
        `"progress":{"percent":100,"done":7,"total":7,"unit":"rows"},"estimate":null,"filters":null,"data_types":["profile"],` +
        `"options":{"timezone":"UTC"},"file_url":${JSON.stringify(link)},"events_url":null,"file_name":"Звіт.csv","file_size":123,` +
        `"sha256":"${'ab'.repeat(32)}","record_count":7,"page_count":null,"read":null,"download_count":0,"downloaded_at":null,` +
        `"downloaded_by":null,"one_time":false,"warnings":["One column is missing"],` +
        `"warning_codes":["image-missing"],"error":null,"error_code":null,` +
        `"expires_at":${MOMENT},"created_at":${MOMENT},"updated_at":${MOMENT},"started_at":${MOMENT},` +
        `"completed_at":${MOMENT}}}`,
    );
  });

  it('describes a failed export', async () => {
    const { body } = await sent({ event: 'export.failed', exportId: ID, facts: {} }, failed);

    expect(body).toBe(
      `{"type":"export.failed","timestamp":${MOMENT},"data":{${RECORD},"status":"failed",` +
        `"progress":{"percent":42,"done":3,"total":7,"unit":"rows"},"estimate":null,"filters":null,"data_types":["profile"],` +
        `"options":{"timezone":"UTC"},"file_url":null,"events_url":null,"file_name":null,"file_size":null,"sha256":null,` +
        `"record_count":null,"page_count":null,"read":null,"download_count":0,"downloaded_at":null,"downloaded_by":null,` +
        `"one_time":false,"warnings":[],"warning_codes":[],"error":"The table was gone",` +
        `"error_code":"rows-not-written","expires_at":null,"created_at":${MOMENT},` +
        `"updated_at":${MOMENT},"started_at":${MOMENT},"completed_at":null}}`,
    );
  });

  it('describes a paused schedule', async () => {
    const facts = { schedule_id: ID, name: 'daily', reason: '5 runs in a row failed', failures: 5 };

    const { body } = await sent({ event: 'schedule.paused', exportId: null, facts }, null);

    expect(body).toBe(
      `{"type":"schedule.paused","timestamp":${MOMENT},"data":{"schedule_id":"${ID}","name":"daily",` +
        `"reason":"5 runs in a row failed","failures":5}}`,
    );
  });

  it('has the headers of Standard Webhooks', async () => {
    const { headers } = await sent({ event: 'export.completed', exportId: ID, facts: {} }, completed);

    expect(headers).toEqual({
      'Content-Type': 'application/json',
      'User-Agent': 'export-service',
      'webhook-id': DELIVERY_ID,
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
      'webhook-signature': expect.stringMatching(/^v1,[\w+/]{43}=$/),
    });
  });
});

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a receiver gets, as the channel hands it to the network. */
async function sent(told: Pick<ClaimedMessage, 'event' | 'exportId' | 'facts'>, source: Export | null): Promise<Sent> {
  const requests: Sent[] = [];
  const http = {
    post: async (_: string, request: Sent) => {
      requests.push(request);
      return Promise.resolve({ status: 200, excerpt: '' });
    },
  } as unknown as OutboundHttp;
  const links = new LinkSigner(config);
  const downloads = new ExportFiles(null as never, null as never, links, null as never);
  const exports = { find: () => Promise.resolve(source) } as unknown as ExportsForDelivery;
  const presenter = new ExportPresenter(downloads, links, config);
  const channel = new WebhookChannel(http, null as never, new SecretCipher(config.encryption), exports, presenter);
  const { url, text } = VECTORS.sealed.webhook;
  const message = { id: DELIVERY_ID, channel: 'webhook', target: { url, secret: text }, scheduleId: ID, createdAt: at };
  await channel.deliver({ ...message, ...told } as unknown as ClaimedMessage, new AbortController().signal);
  return requests[0]!;
}
