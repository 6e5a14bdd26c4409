import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { encryptFor, refuseDestination } from '../../infrastructure/destination-refusal';
import { testConnection } from '../../infrastructure/outbound/connection-test';
import { OutboundRefusedError } from '../../infrastructure/outbound/outbound-addresses';
import { DecryptionError, SecretCipher } from '../../infrastructure/secret-cipher';
import type { DeliveryTarget } from '../../model/domain/channel-descriptor';
import { type StepObserver, UNOBSERVED } from '../../model/domain/destination-test';
import type { DestinationTest, PlanContext, TestSubject } from '../../model/domain/interfaces/delivery-channel';
import { type SftpConnection, SftpConnections, type SftpLogin } from './sftp-connection';
import {
  isPermissionDenied,
  SftpAccessError,
  SftpUnreachableError,
  toSftpAccessError,
  toSftpTestError,
} from './sftp-errors';
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
import { type SftpInput, toSftpInput } from './sftp.descriptor';

/** The request that saves a destination waits for the probe. */
const PROBE_TIMEOUT_MS = 15_000;
const USERNAME = /^[^\p{C}\s]{1,200}$/u;

const TEST_CONTENT = Buffer.from('Export Service tests this folder.\n');
const TEST_SHA256 = createHash('sha256').update(TEST_CONTENT).digest('hex');

const TESTED_STEPS = ['resolve', 'connect', 'authenticate', 'write', 'read', 'delete'] as const;

/** A folder and a login, as requested or as stored. */
interface SftpAccount {
  readonly location: SftpLocation;
  readonly target: DeliveryTarget;
  /** @throws DecryptionError */
  readonly login: () => SftpLogin;
}

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
      const { location, target, login } = this.toAccount(input, context.field);
      return { ...target, hostKey: await this.probeServer(location, login()) };
    });
  }

  async probe(stored: DeliveryTarget, field: string): Promise<void> {
    const { location, login } = this.toStoredAccount(stored, field);
    await this.refuseErrors({ field, isOperator: false }, () => this.probeServer(location, login()));
  }

  prepareTest(subject: TestSubject, context: Context): Promise<DestinationTest> {
    const { field } = context;
    return this.refuseErrors(context, () => {
      const { location, target, login } =
        'stored' in subject
          ? this.toStoredAccount(subject.stored, field)
          : this.toAccount(toSftpInput(subject.input), field);
      const endpoint = this.connections.endpointFor(location);
      return Promise.resolve({
        target,
        isHostAllowed: this.connections.isAllowed(location),
        steps: TESTED_STEPS,
        explain: (error) => toSftpTestError(error, location),
        run: async (steps, signal) => {
          await testConnection(endpoint, steps, signal);
          const connection = await steps.run('authenticate', () => this.connections.open(location, login(), signal));
          try {
            await this.probeFolder(connection, location, signal, steps);
          } finally {
            await connection.close();
          }
        },
      });
    });
  }

  private toAccount(input: SftpInput, field: string): SftpAccount {
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
    const encrypted = encryptFor(field, () =>
      this.cipher.encrypt(JSON.stringify(credentials), sftpCredentialsPurpose(account)),
    );
    return {
      location,
      target: { ...account, credentials: encrypted },
      login: () => ({ username, ...credentials, hostKey: hostKey ?? null }),
    };
  }

  private toStoredAccount(stored: DeliveryTarget, field: string): SftpAccount {
    const target = parseSftpTarget(stored);
    const location = target && parseSftpUri(target.uri);
    if (!location) throw refuseDestination(field, 'The stored destination is no longer valid: give it again');
    return { location, target: { ...target }, login: () => ({ ...target, ...this.decrypt(target) }) };
  }

  /** @throws DecryptionError */
  decrypt(target: SftpTarget): SftpCredentials {
    return JSON.parse(this.cipher.decrypt(target.credentials, sftpCredentialsPurpose(target))) as SftpCredentials;
  }

  /** Does what a delivery does, with a small file that it removes. @returns the fingerprint of the host key */
  private async probeServer(location: SftpLocation, login: SftpLogin): Promise<string> {
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

  private async probeFolder(
    connection: SftpConnection,
    location: SftpLocation,
    signal: AbortSignal,
    steps: StepObserver = UNOBSERVED,
  ): Promise<void> {
    const name = `${location.folder}.export-service-test-${randomUUID()}`;
    const part = `${name}.part`;
    try {
      await steps.run('write', async () => {
        await connection.write(part, Readable.from([TEST_CONTENT]), signal);
        await connection.rename(part, name, signal);
      });
      await steps.run('read', () => readBack(connection, name, location, signal, steps));
      await steps.run('delete', () => connection.remove(name, signal));
    } catch (error) {
      await connection.discard(part);
      await connection.discard(name);
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

/** Where a user may not read, the file was written nevertheless. */
async function readBack(
  connection: SftpConnection,
  path: string,
  { host }: SftpLocation,
  signal: AbortSignal,
  steps: StepObserver,
): Promise<void> {
  try {
    const size = await connection.sizeOf(path, signal);
    const isStored = (size ?? TEST_CONTENT.length) === TEST_CONTENT.length;
    if (isStored && !steps.isTest) return;
    if (isStored && (await connection.sha256Of(path, signal)) === TEST_SHA256) return;
    throw new SftpAccessError(`The server at ${host} did not store what was written: it may have no space left`);
  } catch (error) {
    if (!isPermissionDenied(error)) throw error;
    steps.skip('read', 'not-permitted');
  }
}
