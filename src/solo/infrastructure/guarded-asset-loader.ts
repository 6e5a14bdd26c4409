import { FileNotFoundError, type FileStorage, PermissionMissingError } from '../../platform/storage/file-storage';
import { AssetLoader, AssetRefusedError } from '../model/domain/interfaces/asset-loader';

const MAX_BYTES = 15 * 1024 * 1024;
const MAX_REDIRECTS = 3;
const TIMEOUT_MS = 10_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Other keys are private files, such as exports, and must not become images of a board. */
const ASSET_KEY = /^(?!.*\/\.{1,2}(?:\/|$))assets\/[\w./-]+$/;

export interface AssetRules {
  /**
   * How images of our storage may be addressed: `signed` by presigned URLs only, `open` by any URL.
   */
  readonly ownAssets: 'signed' | 'open';
  /** In the notation of `URL.origin`. */
  readonly allowedOrigins: readonly string[];
}

/**
 * Loads images from our storage (under `assets/`) and from allowed hosts. Every other address is
 * refused without any access to network or disk.
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
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const signals = AbortSignal.any([signal, timeout]);
    try {
      const key = this.storage.keyOf(source);
      return key === null ? await this.fetchAllowed(source, signals) : await this.readOwn(source, key, signals);
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

  /** @throws AssetRefusedError when the host is not allowed, or the address contains credentials */
  private allowed(source: string, base?: URL): URL {
    const url = URL.canParse(source, base?.href) ? new URL(source, base?.href) : null;
    if (url === null || !this.origins.has(url.origin) || url.username !== '' || url.password !== '') {
      throw new AssetRefusedError('its address is not allowed');
    }
    return url;
  }
}

/** @throws AssetRefusedError when the stream is too long */
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
