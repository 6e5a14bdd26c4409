import {
  type DestinationDraft,
  EMPTY_DESTINATION,
  fromDestination,
  keepsSecrets,
  missingFields,
  type StoredDestination,
  toDelivery,
  withoutSecrets,
} from './destination';

const draft = (changes: Partial<DestinationDraft>): DestinationDraft => ({ ...EMPTY_DESTINATION, ...changes });
const stored = (changes: Partial<StoredDestination>): StoredDestination => ({
  delivery_method: 'download',
  delivery_email: false,
  destination: null,
  destination_options: null,
  webhook_url: null,
  language: null,
  ...changes,
});
const sftp = stored({
  delivery_method: 'sftp',
  destination: 'sftp://files.example.com/in/',
  destination_options: { username: 'reports', host_key: 'SHA256:one' },
});
const s3 = stored({
  delivery_method: 's3',
  destination: 's3://reports/',
  destination_options: { endpoint: 'https://storage.example.com', force_path_style: false },
});

describe('toDelivery', () => {
  it.each<[Partial<DestinationDraft>, object]>([
    [{}, { delivery_method: 'download' }],
    [
      { alsoMail: true, language: 'uk' },
      { delivery_method: 'download', delivery_email: true, language: 'uk' },
    ],
    [
      { method: 'email', address: ' team@example.com ' },
      { delivery_method: 'email', delivery_email: 'team@example.com' },
    ],
    [
      { method: 'webhook', webhookUrl: 'https://a.example/' },
      { delivery_method: 'webhook', webhook: { url: 'https://a.example/' } },
    ],
    [
      { method: 's3', bucket: 's3://b/', accessKeyId: 'id', secretAccessKey: ' secret ', forcePathStyle: true },
      {
        delivery_method: 's3',
        destination: 's3://b/',
        destination_options: { access_key_id: 'id', secret_access_key: ' secret ', force_path_style: true },
      },
    ],
    [
      { method: 'sftp', folder: 'sftp://h/', username: 'u', login: 'key', password: 'p', privateKey: 'k' },
      { delivery_method: 'sftp', destination: 'sftp://h/', destination_options: { username: 'u', private_key: 'k' } },
    ],
  ])('writes %j without what is empty or of another method', (changes, expected) => {
    expect(toDelivery(draft(changes))).toEqual(expected);
  });

  it.each([sftp, s3])('sends the shown options of an unchanged destination, and no secret: %j', (given) => {
    const before = fromDestination(given);

    expect(keepsSecrets(before, given)).toBe(true);
    expect(toDelivery(before, given)).toEqual({
      delivery_method: given.delivery_method,
      destination: given.destination,
      destination_options: given.destination_options,
    });
  });

  it('does not pin the host key of the former server for another one', () => {
    const moved = { ...fromDestination(sftp), folder: 'sftp://other.example.com/in/' };

    expect(toDelivery(moved, sftp).destination_options).toEqual({ username: 'reports' });
    expect(toDelivery({ ...moved, hostKey: 'SHA256:two' }, sftp).destination_options).toMatchObject({
      host_key: 'SHA256:two',
    });
  });
});

describe('keepsSecrets', () => {
  it.each<[StoredDestination, Partial<DestinationDraft>]>([
    [sftp, { username: 'other' }],
    [sftp, { hostKey: 'SHA256:two' }],
    [s3, { bucket: 's3://other/' }],
    [s3, { endpoint: '' }],
    [s3, { method: 'sftp' }],
    [stored({ delivery_method: 'webhook', webhook_url: 'https://a.example/' }), { webhookUrl: 'https://b.example/' }],
  ])('is false for %j with %j', (given, changes) => {
    expect(keepsSecrets({ ...fromDestination(given), ...changes }, given)).toBe(false);
  });
});

describe('withoutSecrets', () => {
  it('has nothing that a browser must not keep', () => {
    const secrets = { webhookSecret: 's1', accessKeyId: 's2', secretAccessKey: 's3', password: 's4', privateKey: 's5' };

    expect(JSON.stringify(withoutSecrets(draft({ ...secrets, username: 'reports' })))).not.toMatch(/s[1-5]/);
  });
});

describe('missingFields', () => {
  it('names what each method needs', () => {
    expect(missingFields(draft({ method: 'sftp', folder: ' ' }))).toEqual(['folder', 'username']);
    expect(missingFields(draft({ method: 'email' }))).toEqual([]);
  });
});
