import { errorMessage } from '../../../platform/async';
import { explainAddress } from '../../infrastructure/outbound/connection-test';
import { TestStepError } from '../../model/domain/destination-test';
import type { DestinationTestCode } from '../../model/domain/destination-test-codes';
import { formatSftpUri, type SftpLocation } from './sftp-target';

/** Why a server cannot be used. The message is for the user who named it. */
export class SftpAccessError extends Error {
  override readonly name = 'SftpAccessError';
}

/** The detail would let users scan networks: only operators see it. */
export class SftpUnreachableError extends SftpAccessError {
  constructor(
    { host }: SftpLocation,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`No SFTP server could be reached at ${host}`, options);
  }
}

/** The server presented another host key than the accepted one. Somebody may intercept the connection. */
export class HostKeyChangedError extends SftpAccessError {
  constructor({ host }: SftpLocation, expected: string, actual: string) {
    super(
      `The host key of ${host} is ${actual}, and not ${expected}: nothing was sent. If the server’s key was replaced, save the destination with the new host_key and its credentials`,
    );
  }
}

/** An operation on a server failed. */
export class SftpOperationError extends Error {
  override readonly name = 'SftpOperationError';
  /** A status of the protocol, or a code of the library or of Node. */
  readonly code: unknown;

  constructor(cause: unknown) {
    super(errorMessage(cause), { cause });
    this.code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  }
}

/** The status of the protocol and the name that the library gives it. */
const NO_SUCH_FILE: readonly unknown[] = [2, 'ENOENT'];
const PERMISSION_DENIED: readonly unknown[] = [3, 'EACCES', 'EPERM'];

export function isMissingFile(error: unknown): boolean {
  return error instanceof SftpOperationError && NO_SUCH_FILE.includes(error.code);
}

export function isPermissionDenied(error: unknown): boolean {
  return error instanceof SftpOperationError && PERMISSION_DENIED.includes(error.code);
}

/** Explains a failed operation to users. Other errors stay as they are. */
export function toSftpAccessError(error: unknown, location: SftpLocation): unknown {
  if (!(error instanceof SftpOperationError)) return error;
  const uri = formatSftpUri(location);
  if (isMissingFile(error)) return new SftpAccessError(`There is no folder ${uri}`, { cause: error });
  if (isPermissionDenied(error)) return new SftpAccessError(`The user may not write to ${uri}`, { cause: error });
  if (typeof error.code === 'number') {
    const message = `The server at ${location.host} could not store the file in ${uri}`;
    return new SftpAccessError(message, { cause: error });
  }
  return new SftpUnreachableError(location, error.message, { cause: error });
}

/** Explains why a step of a test failed to callers who may see what there is. */
export function toSftpTestError(error: unknown, location: SftpLocation): TestStepError {
  const address = explainAddress(error);
  if (address) return address;
  const known = toSftpAccessError(error, location);
  const detail = known instanceof SftpUnreachableError ? `: ${known.detail}` : '';
  return new TestStepError(testCodeOf(known), `${errorMessage(known)}${detail}`, { cause: error });
}

function testCodeOf(error: unknown): DestinationTestCode {
  const { cause } = error as Error;
  const isOperation = cause instanceof SftpOperationError;
  if (error instanceof HostKeyChangedError) return 'host-key-changed';
  if (error instanceof SftpUnreachableError) {
    if (/timed out/i.test(error.detail)) return 'timed-out';
    return isOperation ? 'connection-failed' : 'wrong-protocol';
  }
  if (!isOperation) return cause === undefined ? 'storage-refused' : 'credentials-refused';
  if (isMissingFile(cause)) return 'destination-missing';
  return isPermissionDenied(cause) ? 'not-permitted' : 'storage-refused';
}
