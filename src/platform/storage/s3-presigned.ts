import { type ClientRequest, type IncomingMessage, request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { isIP } from 'node:net';
import { FileNotFoundError, PermissionMissingError, StorageUnavailableError } from './file-storage';
import type { S3Settings } from './s3-client';

type Endpoints = Pick<S3Settings, 'endpoint' | 'publicEndpoint'>;

/**
 * Sends a GET to a signed URL without the credentials of this service, so that S3 itself verifies the signature.
 * @returns the response, whose body is the object
 * @throws PermissionMissingError | FileNotFoundError | StorageUnavailableError; the signal's reason on abort
 */
export async function getPresigned(url: URL, key: string, endpoints: Endpoints, signal: AbortSignal) {
  if (url.protocol === 's3:') throw new PermissionMissingError(`An address by s3: is not signed: ${key}`);
  const answer = await send(url, connectionOf(url, endpoints), signal);
  if (answer.statusCode === 200) return answer;
  answer.destroy();
  if (answer.statusCode === 404) throw new FileNotFoundError(key);
  if (answer.statusCode === 400 || answer.statusCode === 401 || answer.statusCode === 403) {
    throw new PermissionMissingError(`S3 refused the address of ${key} with ${answer.statusCode}`);
  }
  throw new StorageUnavailableError(new Error(`S3 answered ${answer.statusCode}`));
}

/**
 * The service may not reach the host that browsers use. The request then goes to the storage's own endpoint, with the public
 * host in its Host header.
 */
function connectionOf(url: URL, { endpoint, publicEndpoint }: Endpoints): URL {
  if (endpoint === undefined || publicEndpoint === undefined) return url;
  const [own, open] = [new URL(endpoint), new URL(publicEndpoint)];
  return url.host === open.host || url.host.endsWith(`.${open.host}`) ? own : url;
}

function send(url: URL, { protocol, hostname, port }: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const request = protocol === 'https:' ? requestByHttps : requestByHttp;
  const path = url.pathname + url.search;
  return new Promise((resolve, reject) => {
    const host = unbracketed(hostname);
    // The signature covers the Host header; TLS verifies the host of the connection.
    const tls = isIP(host) === 0 && { servername: host };
    const options = { ...tls, host, port, path, headers: { host: url.host }, signal };
    const sent: ClientRequest = request(options, resolve);
    sent.once('error', (error) => {
      reject(signal.aborted ? (signal.reason as Error) : new StorageUnavailableError(error));
    });
    sent.end();
  });
}

/** Sockets take IPv6 addresses without brackets. */
const unbracketed = (hostname: string) => hostname.replace(/^\[(.*)\]$/, '$1');
