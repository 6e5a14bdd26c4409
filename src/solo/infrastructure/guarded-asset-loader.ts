import { FileNotFoundError, type FileStorage, PermissionMissingError } from '../../platform/storage/file-storage';
import { AssetLoader, AssetRefusedError } from '../model/domain/interfaces/asset-loader';

const MAX_BYTES = 15 * 1024 * 1024;
const MAX_REDIRECTS = 3;
const TIMEOUT = 10_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Everything else in the storage belongs to somebody: an export is never an image of another board. */
const ASSET_KEY = /^(?!.*\/\.{1,2}(?:\/|$))assets\/[\w./-]+$/;

export interface AssetRules {
  /** Images of our own storage: `signed`, by presigned URLs only; `open`, by any address. */
  readonly ownAssets: 'signed' | 'open';
  /** As `URL.origin` writes them. */
  readonly allowedOrigins: readonly string[];
}

/**
 * Reads images of our own storage (under `assets/`) and of hosts that the operator allows; every other address is
 * refused without touching network or disk.
 */
export class GuardedAssetLoader extends AssetLoader {
  private readonly origins: ReadonlySet<string>;
  private readonly ownAssets: AssetRules['ownAssets'];

  constructor(
    private readonly storage: FileStorage,
    { ownAssets, allowedOrigins }: AssetRules,
  ) {
    super();
    this.ownAssets = ownAssets;
    this.origins = new Set(allowedOrigins);
  }

  async load(source: string, signal: AbortSignal): Promise<Uint8Array> {
    const timeout = AbortSignal.timeout(TIMEOUT);
    const both = AbortSignal.any([signal, timeout]);
    try {
      const key = this.storage.keyOf(source);
      return key === null ? await this.fetchAllowed(source, both) : await this.readOwn(source, key, both);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AssetRefusedError) throw error;
      if (timeout.aborted) throw new AssetRefusedError('its server took too long');
      if (error instanceof PermissionMissingError)
        throw new AssetRefusedError('its address is not signed, or has expired');
      if (error instanceof FileNotFoundError) throw new AssetRefusedError('it does not exist');
      throw new AssetRefusedError('it could not be read');
    }
  }

  private async readOwn(source: string, key: string, signal: AbortSignal): Promise<Uint8Array> {
    if (!ASSET_KEY.test(key)) throw new AssetRefusedError('its address is not allowed');
    const isOpen = this.ownAssets === 'open';
    const file = await (isOpen ? this.storage.open(key) : this.storage.openPresigned(source, signal));
    const close = () => file.destroy();
    signal.addEventListener('abort', close, { once: true });
    try {
      return await collect(file as AsyncIterable<Uint8Array>);
    } finally {
      signal.removeEventListener('abort', close);
      file.destroy();
    }
  }

  private async fetchAllowed(source: string, signal: AbortSignal): Promise<Uint8Array> {
    let url = this.allowed(source);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const response = await fetch(url, { redirect: 'manual', credentials: 'omit', signal });
      const location = response.headers.get('location');
      if (REDIRECTS.has(response.status) && location !== null) {
        await response.body?.cancel();
        url = this.allowed(location, url);
        continue;
      }
      if (!response.ok || response.body === null) {
        await response.body?.cancel();
        throw new AssetRefusedError(`its server answered ${response.status}`);
      }
      return collect(response.body);
    }
    throw new AssetRefusedError('its server redirects too often');
  }

  /** @throws AssetRefusedError unless the address is one of an allowed host's, and carries no credentials */
  private allowed(source: string, base?: URL): URL {
    const url = URL.canParse(source, base?.href) ? new URL(source, base?.href) : null;
    if (url === null || !this.origins.has(url.origin) || url.username !== '' || url.password !== '') {
      throw new AssetRefusedError('its address is not allowed');
    }
    return url;
  }
}

/** All bytes of a stream, as long as they are not too many. */
async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new AssetRefusedError('the file is larger than 15 MB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
