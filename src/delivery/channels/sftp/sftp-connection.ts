import { createHash } from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type SftpClient from 'ssh2-sftp-client';
import { errorMessage, onAbort, orAborted, settlesWithin } from '../../../platform/async';
import type { TestedEndpoint } from '../../infrastructure/outbound/connection-test';
import { OutboundAddresses } from '../../infrastructure/outbound/outbound-addresses';
import {
  HostKeyChangedError,
  isMissingFile,
  SftpAccessError,
  SftpOperationError,
  SftpUnreachableError,
} from './sftp-errors';
import type { SftpCredentials, SftpLocation } from './sftp-target';

const CONNECT_TIMEOUT_MS = 10_000;
/** A server that misses three keepalives in a row is gone. */
const KEEPALIVE = { keepaliveInterval: 10_000, keepaliveCountMax: 3 };
const CLOSE_TIMEOUT_MS = 1_000;
const CLEAN_UP_TIMEOUT_MS = 2_000;

/** Servers have a key of each type. The accepted one may not be of the type that both sides prefer. */
const HOST_KEY_TYPES = [
  ['ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'rsa-sha2-256'],
] as const;

export interface SftpLogin extends SftpCredentials {
  readonly username: string;
  /** The fingerprint of the accepted host key; `null` to trust any. */
  readonly hostKey: string | null;
}

/** Connects to the SFTP servers that users name. */
@Injectable()
export class SftpConnections {
  constructor(private readonly addresses: OutboundAddresses) {}

  /**
   * Logs in after the host key was verified.
   * @throws OutboundRefusedError when the host must not be called
   * @throws SftpAccessError
   * @throws the signal's reason
   */
  async open(location: SftpLocation, login: SftpLogin, signal: AbortSignal): Promise<SftpConnection> {
    try {
      return await this.logIn(location, login, signal);
    } catch (error) {
      if (!(error instanceof HostKeyChangedError)) throw error;
      for (const types of HOST_KEY_TYPES) {
        const connection = await this.logIn(location, login, signal, types).catch(() => null);
        if (connection) return connection;
      }
      throw error;
    }
  }

  endpointFor({ host, port }: SftpLocation): TestedEndpoint {
    const check = () => this.addresses.checkHost(host, port);
    return { host, port, isTls: false, check, lookup: this.addresses.lookupForHost(host, port) };
  }

  /** Whether the operator allows the host, public or not. */
  isAllowed({ host, port }: SftpLocation): boolean {
    return this.addresses.isAllowedHost(host, String(port));
  }

  private async logIn(
    location: SftpLocation,
    { username, password, privateKey, hostKey }: SftpLogin,
    signal: AbortSignal,
    hostKeyTypes?: readonly string[],
  ): Promise<SftpConnection> {
    await this.addresses.checkHost(location.host, location.port);
    signal.throwIfAborted();
    const sock = await this.connectSocket(location, signal);
    // Loaded when it is needed: the library takes long to load.
    const { default: Client } = await import('ssh2-sftp-client');
    const ignore = (): void => undefined;
    const client = new Client('sftp', { error: ignore, end: ignore, close: ignore });
    let presented = '';
    client.on(
      'keyboard-interactive',
      (...[, , , prompts, finish]: [unknown, unknown, unknown, unknown[], (answers: string[]) => void]) => {
        finish(prompts.map(() => password ?? ''));
      },
    );
    const config = {
      sock,
      username,
      password,
      privateKey,
      tryKeyboard: password !== undefined,
      readyTimeout: CONNECT_TIMEOUT_MS,
      ...KEEPALIVE,
      ...(hostKeyTypes && { algorithms: { serverHostKey: hostKeyTypes as never } }),
      hostVerifier: (key: Buffer) => {
        presented = fingerprintOf(key);
        return hostKey === null || presented === hostKey;
      },
    };
    const stopListening = onAbort(signal, () => sock.destroy());
    try {
      await orAborted(client.connect(config), signal);
    } catch (error) {
      sock.destroy();
      signal.throwIfAborted();
      if (hostKey !== null && presented !== '' && presented !== hostKey) {
        throw new HostKeyChangedError(location, hostKey, presented);
      }
      const refusal = explainRefusedLogin(error, location);
      if (refusal !== null) throw new SftpAccessError(refusal, { cause: error });
      throw new SftpUnreachableError(location, errorMessage(error), { cause: error });
    } finally {
      stopListening();
    }
    return new SftpConnection(client, sock, presented);
  }

  /** Connects to one of the addresses that were checked: the name is looked up once. */
  private async connectSocket(location: SftpLocation, signal: AbortSignal): Promise<Socket> {
    const { host, port } = location;
    const socket = connectTcp({
      host: host.replace(/^\[|\]$/g, ''),
      port,
      lookup: this.addresses.lookupForHost(host, port),
    });
    try {
      await orAborted(
        new Promise<void>((resolve, reject) => {
          socket.once('connect', resolve).once('error', reject);
          socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
            reject(new Error(`No connection within ${CONNECT_TIMEOUT_MS / 1000} s`));
          });
        }),
        signal,
      );
      socket.setTimeout(0);
      return socket;
    } catch (error) {
      socket.on('error', () => undefined).destroy();
      signal.throwIfAborted();
      if (error instanceof Error && error.name === 'OutboundRefusedError') throw error;
      throw new SftpUnreachableError(location, errorMessage(error), { cause: error });
    }
  }
}

/** A session with an SFTP server. */
export class SftpConnection {
  constructor(
    private readonly client: SftpClient,
    private readonly socket: Socket,
    /** The fingerprint of the server's host key. */
    readonly hostKey: string,
  ) {}

  /** Writes a file that must not exist. @throws what the source throws, the signal's reason, or the server's error */
  async write(path: string, source: Readable, signal: AbortSignal): Promise<void> {
    let sourceError: Error | undefined;
    source.once('error', (error) => (sourceError = error));
    const stopListening = onAbort(signal, () => source.destroy(signal.reason as Error));
    try {
      await run(this.client.put(source, path, { writeStreamOptions: { flags: 'wx' as 'w' } }), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw sourceError ?? error;
    } finally {
      stopListening();
      source.on('error', () => undefined).destroy();
    }
  }

  /** @returns its size in bytes; `null` when it does not exist */
  async sizeOf(path: string, signal: AbortSignal): Promise<number | null> {
    try {
      return (await run(this.client.stat(path), signal)).size;
    } catch (error) {
      if (isMissingFile(error)) return null;
      throw error;
    }
  }

  async sha256Of(path: string, signal: AbortSignal): Promise<string> {
    const hash = createHash('sha256');
    const source = this.client.createReadStream(path);
    // The library reports the end of the connection to streams that were read completely, too.
    source.on('error', () => undefined);
    const stopListening = onAbort(signal, () => source.destroy(signal.reason as Error));
    try {
      for await (const chunk of source) hash.update(chunk as Buffer);
      return hash.digest('hex');
    } catch (error) {
      signal.throwIfAborted();
      throw new SftpOperationError(error);
    } finally {
      stopListening();
    }
  }

  /** Makes a folder and those above it, unless they exist. */
  async makeFolder(path: string, signal: AbortSignal): Promise<void> {
    await run(this.client.mkdir(path, true), signal);
  }

  /** Renames a file. Servers refuse when the new name exists. */
  async rename(from: string, to: string, signal: AbortSignal): Promise<void> {
    await run(this.client.rename(from, to), signal);
  }

  /** Deletes the files of a folder whose names begin with the prefix. */
  async removeByPrefix(folder: string, prefix: string, signal: AbortSignal): Promise<void> {
    const files = await orAborted(
      this.client.list(folder, ({ name }) => name.startsWith(prefix)),
      signal,
    );
    for (const { name } of files) await run(this.client.delete(`${folder}${name}`, true), signal);
  }

  async remove(path: string, signal: AbortSignal): Promise<void> {
    await run(this.client.delete(path), signal);
  }

  /** Removes a file after a failure, for a short time also after the attempt was aborted. */
  async discard(path: string): Promise<void> {
    await settlesWithin(CLEAN_UP_TIMEOUT_MS, this.client.delete(path, true));
  }

  async close(): Promise<void> {
    await settlesWithin(CLOSE_TIMEOUT_MS, this.client.end());
    this.socket.destroy();
  }
}

/** @throws SftpOperationError, or the signal's reason */
function run<Result>(operation: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const explained = operation.catch((error: unknown) => {
    throw new SftpOperationError(error);
  });
  return orAborted(explained, signal);
}

/** As OpenSSH writes it. */
function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function explainRefusedLogin(error: unknown, { host }: SftpLocation): string | null {
  const message = errorMessage(error);
  if (message.includes('All configured authentication methods failed')) {
    return `The server at ${host} refused the username, password or private key`;
  }
  if (!message.includes('Cannot parse privateKey')) return null;
  return /encrypted/i.test(message)
    ? 'The private_key is protected by a passphrase: give one without'
    : 'The private_key must be a key in OpenSSH or PEM format';
}
