import type { Schedule, ScheduleRequest } from '@export-service/client';

export const METHODS = ['download', 'email', 'webhook', 's3', 'sftp'] as const;
export type Method = (typeof METHODS)[number];
export type MailLanguage = NonNullable<ScheduleRequest['language']>;
export const MAIL_LANGUAGES: Readonly<Record<MailLanguage, string>> = {
  en: 'English',
  uk: 'Українська',
  ru: 'Русский',
};

/** Where the files of a schedule are delivered, as the form has it. Empty texts are not sent. */
export interface DestinationDraft {
  readonly method: Method;
  /** Whether a mail goes out beside another method. */
  readonly alsoMail: boolean;
  /** Empty for the address of the caller. */
  readonly address: string;
  readonly language: MailLanguage | '';
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly bucket: string;
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly forcePathStyle: boolean;
  readonly folder: string;
  readonly username: string;
  readonly login: 'password' | 'key';
  readonly password: string;
  readonly privateKey: string;
  readonly hostKey: string;
}

export const EMPTY_DESTINATION: DestinationDraft = {
  method: 'download',
  alsoMail: false,
  address: '',
  language: '',
  webhookUrl: '',
  webhookSecret: '',
  bucket: '',
  endpoint: '',
  region: '',
  accessKeyId: '',
  secretAccessKey: '',
  forcePathStyle: false,
  folder: '',
  username: '',
  login: 'password',
  password: '',
  privateKey: '',
  hostKey: '',
};

/** The fields of a stored schedule that say where its files go. Secrets are never among them. */
export type StoredDestination = Pick<
  Schedule,
  'delivery_method' | 'delivery_email' | 'destination' | 'destination_options' | 'webhook_url' | 'language'
>;
export type DeliveryFields = Pick<
  ScheduleRequest,
  'delivery_method' | 'delivery_email' | 'destination' | 'destination_options' | 'webhook' | 'language'
>;

/** The draft without what must not be kept in the browser. */
export function withoutSecrets(draft: DestinationDraft): DestinationDraft {
  return { ...draft, webhookSecret: '', accessKeyId: '', secretAccessKey: '', password: '', privateKey: '' };
}

export function fromDestination(stored: StoredDestination): DestinationDraft {
  const { delivery_method: method, delivery_email: mail, destination, destination_options: options } = stored;
  const to = destination ?? '';
  return {
    ...EMPTY_DESTINATION,
    method,
    alsoMail: mail !== false,
    address: typeof mail === 'string' ? mail : '',
    language: (Object.keys(MAIL_LANGUAGES) as MailLanguage[]).find((one) => one === stored.language) ?? '',
    webhookUrl: stored.webhook_url ?? '',
    bucket: method === 's3' ? to : '',
    folder: method === 'sftp' ? to : '',
    endpoint: options?.endpoint ?? '',
    region: options?.region ?? '',
    forcePathStyle: options?.force_path_style ?? false,
    username: options?.username ?? '',
    hostKey: options?.host_key ?? '',
  };
}

/**
 * Whether the secrets of the stored schedule are for the destination of the draft, so that they may be left out. The service
 * decides by the same fields.
 */
export function keepsSecrets(draft: DestinationDraft, stored: StoredDestination | undefined): boolean {
  if (stored?.delivery_method !== draft.method) return false;
  const before = fromDestination(stored);
  const isSame = (...names: (keyof DestinationDraft)[]) => names.every((name) => draft[name] === before[name]);
  if (draft.method === 'webhook') return isSame('webhookUrl');
  if (draft.method === 's3') return isSame('bucket', 'endpoint', 'region', 'forcePathStyle');
  return draft.method === 'sftp' && isSame('folder', 'username', 'hostKey');
}

/** @param stored the schedule that is edited */
export function toDelivery(draft: DestinationDraft, stored?: StoredDestination): DeliveryFields {
  const { method, alsoMail, address, language } = draft;
  const isMailed = method === 'email' || alsoMail;
  return {
    delivery_method: method,
    ...(isMailed && { delivery_email: address.trim() === '' ? true : address.trim() }),
    ...(isMailed && language !== '' && { language }),
    ...(method === 'webhook' && { webhook: withoutEmpty({ url: draft.webhookUrl, secret: draft.webhookSecret }) }),
    ...(method === 's3' && toBucket(draft, stored)),
    ...(method === 'sftp' && toFolder(draft, stored)),
  };
}

function toBucket(draft: DestinationDraft, stored: StoredDestination | undefined): DeliveryFields {
  const { bucket, endpoint, region, accessKeyId, secretAccessKey, forcePathStyle } = draft;
  const isStyleStored = stored?.destination_options?.force_path_style !== undefined;
  return withOptions(bucket, {
    ...withoutEmpty({ endpoint, region, access_key_id: accessKeyId, secret_access_key: secretAccessKey }),
    ...((forcePathStyle || (isStyleStored && keepsSecrets(draft, stored))) && { force_path_style: forcePathStyle }),
  });
}

function toFolder(draft: DestinationDraft, stored: StoredDestination | undefined): DeliveryFields {
  const { folder, username, login, password, privateKey, hostKey } = draft;
  // The key that was learnt from another server is not that of this one.
  const isOfAnother = stored?.destination !== folder && hostKey === stored?.destination_options?.host_key;
  const secret: Record<string, string> = login === 'password' ? { password } : { private_key: privateKey };
  return withOptions(folder, withoutEmpty({ username, ...secret, host_key: isOfAnother ? '' : hostKey }));
}

function withOptions(destination: string, options: NonNullable<DeliveryFields['destination_options']>): DeliveryFields {
  return {
    destination: destination.trim(),
    ...(Object.keys(options).length > 0 && { destination_options: options }),
  };
}

/** Passwords and keys are kept as they were typed. */
function withoutEmpty<Fields extends Readonly<Record<string, string>>>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim() !== '')) as Fields;
}

export type DestinationField = 'address' | 'webhookUrl' | 'bucket' | 'folder' | 'username';

/** What is missing to deliver, apart from what only the service can tell. */
export function missingFields(draft: DestinationDraft): DestinationField[] {
  const needed = { download: [], email: [], webhook: ['webhookUrl'], s3: ['bucket'], sftp: ['folder', 'username'] };
  return (needed[draft.method] as DestinationField[]).filter((name) => draft[name].trim() === '');
}
