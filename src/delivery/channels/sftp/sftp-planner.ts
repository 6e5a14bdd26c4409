import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { encryptFor, refuseDestination } from '../../infrastructure/destination-refusal';
import { OutboundRefusedError } from '../../infrastructure/outbound/outbound-addresses';
import { DecryptionError, SecretCipher } from '../../infrastructure/secret-cipher';
import type { DeliveryTarget } from '../../model/domain/channel-descriptor';
import type { PlanContext } from '../../model/domain/interfaces/delivery-channel';
import { type SftpConnection, SftpConnections } from './sftp-connection';
import { SftpAccessError, SftpUnreachableError, toSftpAccessError } from './sftp-errors';
import {
  formatSftpUri,
  isFingerprint,
  parseSftpTarget,
  parseSftpUri,
  type SftpCredentials,
  sftpCredentialsPurpose,
  type SftpLocation,
  type SftpTarget,
} from './sftp-target';
import type { SftpInput } from './sftp.descriptor';

/** The request that saves a destination waits for the probe. */
const PROBE_TIMEOUT_MS = 15_000;
const USERNAME = /^[^\p{C}\s]{1,200}$/u;

type Context = Pick<PlanContext, 'field' | 'isOperator'>;

/** Checks and probes the servers that requests name, and encrypts their credentials. */
@Injectable()
export class SftpPlanner {
  constructor(
    private readonly connections: SftpConnections,
    private readonly cipher: SecretCipher,
  ) {}

  plan(input: SftpInput, context: Context): Promise<DeliveryTarget> {
    return this.refuseErrors(context, async () => {
      const { username = '', password, privateKey, hostKey } = input;
      const location = parseSftpUri(input.uri);
      if (!location) {
        throw new SftpAccessError('The address must be like sftp://host/folder/ or sftp://host:2222/folder/');
      }
      if (!USERNAME.test(username)) throw new SftpAccessError('The username is missing or has spaces');
      if (hostKey !== undefined && !isFingerprint(hostKey)) {
        throw new SftpAccessError('The host_key must be a fingerprint like SHA256:… of 43 characters');
      }
      if (!password && !privateKey) throw new SftpAccessError('The password or the private_key is missing');
      const credentials: SftpCredentials = { ...(password && { password }), ...(privateKey && { privateKey }) };
      const account = { uri: formatSftpUri(location), username };
      const encrypted = encryptFor(context.field, () =>
        this.cipher.encrypt(JSON.stringify(credentials), sftpCredentialsPurpose(account)),
      );
      const verified = await this.probeServer(location, { username, ...credentials, hostKey: hostKey ?? null });
      return { ...account, hostKey: verified, credentials: encrypted };
    });
  }

  async probe(stored: DeliveryTarget, field: string): Promise<void> {
    const target = parseSftpTarget(stored);
    const location = target && parseSftpUri(target.uri);
    if (!location) throw refuseDestination(field, 'The stored destination is no longer valid: give it again');
    await this.refuseErrors({ field, isOperator: false }, () =>
      this.probeServer(location, { ...target, ...this.decrypt(target) }),
    );
  }

  /** @throws DecryptionError */
  decrypt(target: SftpTarget): SftpCredentials {
    return JSON.parse(this.cipher.decrypt(target.credentials, sftpCredentialsPurpose(target))) as SftpCredentials;
  }

  /** Does what a delivery does, with an empty file that it removes. @returns the fingerprint of the host key */
  private async probeServer(location: SftpLocation, login: Parameters<SftpConnections['open']>[1]): Promise<string> {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    const connection = await this.connections.open(location, login, signal).catch((error: unknown) => {
      throw signal.aborted ? new SftpUnreachableError(location, 'The server did not respond in time') : error;
    });
    try {
      await this.probeFolder(connection, location, signal);
      return connection.hostKey;
    } finally {
      await connection.close();
    }
  }

  private async probeFolder(connection: SftpConnection, location: SftpLocation, signal: AbortSignal): Promise<void> {
    const name = `${location.folder}.export-service-probe-${randomUUID()}`;
    const part = `${name}.part`;
    try {
      await connection.write(part, Readable.from([]), signal);
      await connection.rename(part, name, signal);
      await connection.remove(name, signal);
    } catch (error) {
      await connection.discard(part);
      throw toSftpAccessError(error, location);
    }
  }

  /** @throws DomainError invalid, for everything that is wrong with the destination */
  private async refuseErrors<Result>({ field, isOperator }: Context, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof OutboundRefusedError) throw refuseDestination(field, `The address ${error.message}`);
      if (isOperator && error instanceof SftpUnreachableError) {
        throw refuseDestination(field, `${error.message}: ${error.detail}`);
      }
      if (error instanceof SftpAccessError) throw refuseDestination(field, error.message);
      if (error instanceof DecryptionError) {
        throw refuseDestination(field, 'The stored credentials can no longer be decrypted: give them again');
      }
      throw error;
    }
  }
}
