import type { DeliveryTarget } from '../../model/domain/channel-descriptor';
import { type FileNaming, readFileNaming } from '../../model/domain/file-names';

const DEFAULT_PORT = 22;
const MAX_FOLDER_BYTES = 512;
// What servers, shells and programs accept as a name.
const SEGMENT = /^(?!\.{1,2}$)[\p{L}\p{M}\p{N}!_.'()=+@,:$&;-]+$/u;
const FINGERPRINT = /^SHA256:[A-Za-z\d+/]{43}$/;

/** A folder of an SFTP server. */
export interface SftpLocation {
  /** As `URL` writes it: IPv6 addresses in brackets. */
  readonly host: string;
  readonly port: number;
  /** Absolute, with a slash at its end. */
  readonly folder: string;
}

/** A folder and how it is accessed, as it was planned. */
export interface SftpTarget extends FileNaming {
  /** `sftp://host[:port]/folder/` */
  readonly uri: string;
  readonly username: string;
  /** The SHA-256 fingerprint of the only host key that is accepted. */
  readonly hostKey: string;
  /** `SftpCredentials` as JSON, encrypted. */
  readonly credentials: string;
}

export interface SftpCredentials {
  readonly password?: string;
  readonly privateKey?: string;
}

/** The purpose of encrypted credentials, so that they cannot be used for another server or user. */
export function sftpCredentialsPurpose({ uri, username }: Pick<SftpTarget, 'uri' | 'username'>): string {
  return `sftp credentials\n${uri}\n${username}`;
}

/**
 * Parses `sftp://host[:port]/folder/`, with or without the trailing slash. The host is normalized as in web addresses.
 * @returns `null` for any other text
 */
export function parseSftpUri(uri: string): SftpLocation | null {
  const [, authority = '', path = ''] = /^sftp:\/\/([^/@?#\\\s]+)(?:\/(.*))?$/su.exec(uri) ?? [];
  if (!URL.canParse(`https://${authority}`)) return null;
  const { hostname: host } = new URL(`https://${authority}`);
  const port = Number(/:(\d+)$/.exec(authority)?.[1] ?? DEFAULT_PORT);
  const folder = path.replace(/\/$/, '');
  const isFolder = folder === '' || folder.split('/').every((segment) => SEGMENT.test(segment));
  if (port === 0 || !isFolder || Buffer.byteLength(folder) > MAX_FOLDER_BYTES) return null;
  return { host, port, folder: folder === '' ? '/' : `/${folder}/` };
}

/** The one form in which a location is stored. */
export function formatSftpUri({ host, port, folder }: SftpLocation): string {
  return `sftp://${host}${port === DEFAULT_PORT ? '' : `:${port}`}${folder}`;
}

export function isFingerprint(text: string): boolean {
  return FINGERPRINT.test(text);
}

/** @returns `null` when it is no target of this channel */
export function parseSftpTarget(target: DeliveryTarget): SftpTarget | null {
  const { uri, username, hostKey, credentials } = target;
  if (typeof uri !== 'string' || typeof username !== 'string') return null;
  if (typeof hostKey !== 'string' || typeof credentials !== 'string') return null;
  return { uri, username, hostKey, credentials, ...readFileNaming(target) };
}
