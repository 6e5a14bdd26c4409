import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import {
  FileNotFoundError,
  FileStorage,
  PermissionMissingError,
  type StoredFile,
} from '../../platform/storage/file-storage';
import { AssetRefusedError } from '../model/domain/interfaces/asset-loader';
import { GuardedAssetLoader } from './guarded-asset-loader';

/** A storage in memory; its links start with https://files.test/. */
class MemoryStorage extends FileStorage {
  readonly files = new Map<string, Buffer>();
  put(): Promise<number> {
    return Promise.reject(new Error('not needed'));
  }
  stat(key: string): Promise<StoredFile> {
    return Promise.reject(new FileNotFoundError(key));
  }
  open(key: string): Promise<Readable> {
    const file = this.files.get(key);
    return file ? Promise.resolve(Readable.from([file])) : Promise.reject(new FileNotFoundError(key));
  }
  delete(): Promise<void> {
    return Promise.resolve();
  }
  deleteAll(): Promise<ReadonlyMap<string, Error>> {
    return Promise.resolve(new Map());
  }
  discard(): Promise<number> {
    return Promise.resolve(0);
  }
  async *list(): AsyncIterable<StoredFile> {}
  async *listUploads(): AsyncIterable<never> {}
  discardUpload(): Promise<boolean> {
    return Promise.resolve(false);
  }
  link(): Promise<string | null> {
    return Promise.resolve(null);
  }
  keyOf(url: string): string | null {
    const prefix = 'https://files.test/';
    return url.startsWith(prefix) ? url.slice(prefix.length).replace(/\?.*/, '') : null;
  }
  openPresigned(url: string): Promise<Readable> {
    const { pathname, search } = new URL(url);
    if (search !== '?signature=right') return Promise.reject(new PermissionMissingError('not signed'));
    return this.open(pathname.slice(1));
  }
  check(): Promise<void> {
    return Promise.resolve();
  }
}

describe('GuardedAssetLoader', () => {
  const servers: Server[] = [];
  const storage = new MemoryStorage();
  const loaderOf = (allowedOrigins: readonly string[], ownAssets: 'signed' | 'open' = 'open') =>
    new GuardedAssetLoader(storage, { ownAssets, allowedOrigins });
  const forever = new AbortController().signal;

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const refusal = async (loader: GuardedAssetLoader, source: string) => {
    const error = await loader.load(source, forever).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AssetRefusedError);
    return (error as Error).message;
  };

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    storage.files.clear();
  });

  it('fetches from an allowed host', async () => {
    const host = await serve((_, response) => response.end('picture'));

    const bytes = await loaderOf([host]).load(`${host}/a.png`, forever);

    expect(Buffer.from(bytes).toString()).toBe('picture');
  });

  it('sends no cookies and no authorization', async () => {
    const seen: string[] = [];
    const host = await serve((request, response) => {
      seen.push(...Object.keys(request.headers));
      response.end('picture');
    });

    await loaderOf([host]).load(`${host}/a.png`, forever);

    expect(seen).not.toEqual(expect.arrayContaining(['cookie']));
    expect(seen).not.toEqual(expect.arrayContaining(['authorization']));
  });

  it('does not connect to a host that is not allowed', async () => {
    let reached = 0;
    const host = await serve((_, response) => {
      reached += 1;
      response.end('secret');
    });

    const loader = loaderOf(['https://images.test']);

    for (const source of [`${host}/a.png`, 'http://images.test/a.png', 'https://images.test.evil.test/', '//x/y']) {
      expect(await refusal(loader, source)).toBe('its address is not allowed');
    }
    expect(reached).toBe(0);
  });

  it.each(['file:///etc/passwd', '/etc/passwd', '../../etc/passwd', 'ftp://images.test/a', 'http://[::1]:6379/', ''])(
    'refuses %p',
    async (source) => {
      const loader = loaderOf(['https://images.test']);

      expect(await refusal(loader, source)).toBe('its address is not allowed');
    },
  );

  it('refuses an address with credentials', async () => {
    const host = await serve((_, response) => response.end('picture'));

    const loader = loaderOf([host]);

    expect(await refusal(loader, host.replace('http://', 'http://user:secret@'))).toBe('its address is not allowed');
  });

  it('follows a redirect to an allowed host', async () => {
    const host = await serve((request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
      else response.end('picture');
    });

    const bytes = await loaderOf([host]).load(`${host}/a`, forever);

    expect(Buffer.from(bytes).toString()).toBe('picture');
  });

  it('does not follow a redirect to another host', async () => {
    let reached = 0;
    const inside = await serve((_, response) => {
      reached += 1;
      response.end('secret');
    });
    const host = await serve((_, response) => response.writeHead(302, { location: `${inside}/latest/` }).end());

    const loader = loaderOf([host]);

    expect(await refusal(loader, `${host}/a`)).toBe('its address is not allowed');
    expect(reached).toBe(0);
  });

  it('refuses endless redirects', async () => {
    const host = await serve((_, response) => response.writeHead(302, { location: '/again' }).end());

    expect(await refusal(loaderOf([host]), host)).toBe('its server redirects too often');
  });

  it('reports the status of a failing server', async () => {
    const host = await serve((_, response) => response.writeHead(503).end());

    expect(await refusal(loaderOf([host]), host)).toBe('its server answered 503');
  });

  it('reads a file of 15 MB, but not of one byte more', async () => {
    const loader = loaderOf([]);
    storage.files.set('assets/largest.png', Buffer.alloc(15 * 1024 * 1024));
    storage.files.set('assets/too-large.png', Buffer.alloc(15 * 1024 * 1024 + 1));

    expect(await loader.load('https://files.test/assets/largest.png', forever)).toHaveLength(15 * 1024 * 1024);
    expect(await refusal(loader, 'https://files.test/assets/too-large.png')).toBe('the file is larger than 15 MB');
  });

  it('stops reading a file that is too large', async () => {
    let sent = 0;
    const host = await serve((_, response) => {
      const chunk = Buffer.alloc(1024 * 1024);
      const send = () => {
        sent += 1;
        if (sent <= 200 && !response.destroyed) response.write(chunk, send);
      };
      send();
    });

    expect(await refusal(loaderOf([host]), host)).toBe('the file is larger than 15 MB');
    expect(sent).toBeLessThan(100);
  });

  it('throws the reason of its signal', async () => {
    const host = await serve(() => undefined);
    const leaving = new AbortController();
    setTimeout(() => {
      leaving.abort(new Error('cancelled'));
    }, 50);

    const loading = loaderOf([host]).load(host, leaving.signal);

    await expect(loading).rejects.toThrow('cancelled');
  });

  it('reads assets of the own storage', async () => {
    storage.files.set('assets/a.png', Buffer.from('own picture'));

    const bytes = await loaderOf([]).load('https://files.test/assets/a.png', forever);

    expect(Buffer.from(bytes).toString()).toBe('own picture');
  });

  it.each(['exports/other.csv', 'assets/../exports/other.csv', 'assets', 'assetsx/a'])(
    'refuses the key %p of its own storage',
    async (key) => {
      storage.files.set(key, Buffer.from('somebody else’s'));

      const loader = loaderOf(['https://files.test']);

      expect(await refusal(loader, `https://files.test/${key}`)).toBe('its address is not allowed');
    },
  );

  it('reads signed assets of the own storage only with a valid signature', async () => {
    storage.files.set('assets/b.png', Buffer.from('own picture'));
    const loader = loaderOf([], 'signed');

    const bytes = await loader.load('https://files.test/assets/b.png?signature=right', forever);

    expect(Buffer.from(bytes).toString()).toBe('own picture');
    for (const query of ['', '?signature=forged']) {
      expect(await refusal(loader, `https://files.test/assets/b.png${query}`)).toBe(
        'its address is not signed, or has expired',
      );
    }
    storage.files.set('exports/b.csv', Buffer.from('somebody else’s'));
    expect(await refusal(loader, 'https://files.test/exports/b.csv?signature=right')).toBe(
      'its address is not allowed',
    );
  });

  it('reports a missing file', async () => {
    const loader = loaderOf([]);

    expect(await refusal(loader, 'https://files.test/assets/none.png')).toBe('it does not exist');
  });
});
