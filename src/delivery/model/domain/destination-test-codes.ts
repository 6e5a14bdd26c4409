import type { CodeEntry } from '../../../platform/errors/code-entry';

/** What a test of a destination found: all that callers see who could otherwise scan networks. */
export const TEST_OUTCOMES = ['reachable', 'not-reachable', 'not-accepted'] as const;
export type TestOutcome = (typeof TEST_OUTCOMES)[number];

interface TestCodeEntry extends CodeEntry {
  /** The outcome of a test whose step failed with the code; `null` where the code is about a skipped step. */
  readonly outcome: Exclude<TestOutcome, 'reachable'> | null;
}

/** Why a step of a test failed or was skipped: `error_code` of a step. */
export const DESTINATION_TEST_CODES = {
  'address-refused': {
    outcome: 'not-accepted',
    meaning: 'The service does not call the address, because it is not public.',
    action: 'Name a public host, or ask an operator to allow the host in `OUTBOUND_ALLOWED_HOSTS`.',
  },
  'connection-failed': {
    outcome: 'not-reachable',
    meaning: 'Nothing at the address accepted the connection, or it broke.',
    action: 'Check the host and the port, and whether a firewall lets this service in.',
  },
  'credentials-refused': {
    outcome: 'not-accepted',
    meaning: 'The server refused the login.',
    action: 'Correct the username, password or keys.',
  },
  'destination-missing': {
    outcome: 'not-accepted',
    meaning: 'The bucket or the folder does not exist.',
    action: 'Create it, or correct its name.',
  },
  'earlier-step-failed': {
    outcome: null,
    meaning: 'The step was skipped, because an earlier one failed.',
    action: 'Correct what the failed step names, and test again.',
  },
  'host-key-changed': {
    outcome: 'not-accepted',
    meaning: 'The server has another host key than the accepted one. Nothing was sent.',
    action: 'If the key of the server was replaced, save the destination with the new `host_key` and its credentials.',
  },
  'mail-refused': {
    outcome: 'not-accepted',
    meaning: 'The mail server refused the message or its receiver.',
    action: 'Correct the address.',
  },
  'mail-server-failed': {
    outcome: 'not-reachable',
    meaning: 'The mail server of the service did not accept the service.',
    action: 'Ask an operator to correct `SMTP_URL`.',
  },
  'name-not-found': {
    outcome: 'not-reachable',
    meaning: 'The name of the host cannot be resolved.',
    action: 'Correct the name of the host.',
  },
  'not-permitted': {
    outcome: 'not-accepted',
    meaning: 'The login has no right to do this.',
    action: 'Grant the right to write. A right to read is not required.',
  },
  'own-address-only': {
    outcome: null,
    meaning: 'No message was sent: a test writes to the own address of its caller only.',
    action: 'None. The form of the address and the mail server were checked.',
  },
  'receiver-refused': {
    outcome: 'not-accepted',
    meaning: 'The receiver did not answer with a status from 200 to 299.',
    action: 'Have the receiver accept signed messages of the type `export.test`.',
  },
  'storage-refused': {
    outcome: 'not-accepted',
    meaning: 'The server could not store the file.',
    action: 'Do what `error` says: there may be no space left, or a setting may be wrong.',
  },
  'timed-out': {
    outcome: 'not-reachable',
    meaning: 'The step did not end in time.',
    action: 'Check the host and the port, and whether a firewall lets this service in.',
  },
  'tls-failed': {
    outcome: 'not-reachable',
    meaning: 'There is no secure connection: the certificate is not trusted, or the server does not support TLS.',
    action: 'Install a valid certificate for the name of the host.',
  },
  'wrong-protocol': {
    outcome: 'not-reachable',
    meaning: 'Another kind of server answered.',
    action: 'Check the host and the port.',
  },
} as const satisfies Readonly<Record<string, TestCodeEntry>>;

export type DestinationTestCode = keyof typeof DESTINATION_TEST_CODES;
