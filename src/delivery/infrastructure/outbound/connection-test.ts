import type { LookupAddress } from 'node:dns';
import { lookup as lookupBySystem } from 'node:dns';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { errorMessage, orAborted } from '../../../platform/async';
import { type StepObserver, TestStepError } from '../../model/domain/destination-test';
import { DecryptionError } from '../secret-cipher';
import { OutboundRefusedError } from './outbound-addresses';

/** Where a test connects to. */
export interface TestedEndpoint {
  /** As `URL` writes it: IPv6 addresses in brackets. */
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** @throws OutboundRefusedError when the host must not be called; by default, it may */
  readonly check?: () => Promise<unknown>;
  /** Returns only addresses that may be called; the system's resolver by default. */
  readonly lookup?: LookupFunction;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** Resolves a host, connects to it, completes a TLS handshake if it has TLS, and closes the connection. */
export async function testConnection(
  endpoint: TestedEndpoint,
  steps: StepObserver,
  signal: AbortSignal,
): Promise<void> {
  const { host, port, isTls } = endpoint;
  const name = host.replace(/^\[|\]$/g, '');
  const addresses = await steps.run('resolve', () => orAborted(resolve(name, endpoint), signal));
  const socket = await steps.run('connect', () => open(addresses, name, port, signal));
  try {
    if (isTls) await steps.run('tls', () => secure(socket, name, signal));
  } finally {
    socket.destroy();
  }
}

/** What is wrong with a destination before its server answers; `null` for other errors. */
export function explainAddress(error: unknown): TestStepError | null {
  if (error instanceof TestStepError) return error;
  if (error instanceof OutboundRefusedError)
    return new TestStepError('address-refused', `The address ${error.message}`);
  if (error instanceof DecryptionError) {
    return new TestStepError(
      'credentials-refused',
      'The stored credentials can no longer be decrypted: give them again',
    );
  }
  return null;
}

async function resolve(name: string, { check, lookup = lookupBySystem }: TestedEndpoint): Promise<LookupAddress[]> {
  await check?.();
  const family = isIP(name);
  if (family !== 0) return [{ address: name, family }];
  return new Promise((found, failed) => {
    lookup(name, { all: true }, (error, addresses) => {
      if (!error) found(addresses as LookupAddress[]);
      else if (error instanceof OutboundRefusedError) failed(error);
      else failed(new TestStepError('name-not-found', `The name ${name} cannot be resolved`, { cause: error }));
    });
  });
}

async function open(
  addresses: readonly LookupAddress[],
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  // The address that was checked is the one that is connected to.
  const lookup: LookupFunction = (_, { all }, found) => {
    const [first] = addresses;
    if (all === true) found(null, [...addresses]);
    else found(null, first?.address ?? '', first?.family);
  };
  const socket = connect({ host, port, lookup });
  try {
    await orAborted(
      new Promise<void>((connected, failed) => {
        socket.once('connect', connected).once('error', failed);
        socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
          const message = `${host}:${port} did not accept a connection within ${CONNECT_TIMEOUT_MS / 1000} s`;
          failed(new TestStepError('timed-out', message));
        });
      }),
      signal,
    );
    return socket.on('error', () => undefined).setTimeout(0);
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    signal.throwIfAborted();
    if (error instanceof TestStepError) throw error;
    const message = `There is no connection to ${host}:${port}: ${reasonOf(error)}`;
    throw new TestStepError('connection-failed', message, { cause: error });
  }
}

async function secure(socket: Socket, host: string, signal: AbortSignal): Promise<void> {
  const tls = connectSecurely({ socket, host, ...(isIP(host) === 0 && { servername: host }) });
  try {
    await orAborted(
      new Promise<void>((secured, failed) => {
        tls.once('secureConnect', secured).once('error', failed);
      }),
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    const message = `There is no secure connection to ${host}: ${reasonOf(error)}`;
    throw new TestStepError('tls-failed', message, { cause: error });
  } finally {
    tls.on('error', () => undefined).destroy();
  }
}

/** A connection that tried several addresses has one error for each, and no message. */
function reasonOf(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map(errorMessage).join(', ') : errorMessage(error);
}
