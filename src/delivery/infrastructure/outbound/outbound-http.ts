import { type ClientRequest, type IncomingMessage, request as requestPlainly } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { Injectable } from '@nestjs/common';
import { orAborted } from '../../../platform/async';
import { OutboundAddresses } from './outbound-addresses';

export interface OutboundPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the name lookup to the head of the response. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface OutboundResponse {
  readonly status: number;
  /** The beginning of the body, to diagnose a failure. */
  readonly excerpt: string;
}

const MAX_RESPONSE_BYTES = 64 * 1024;
const EXCERPT_CHARACTERS = 200;
/** For the body after its head: only its beginning is of interest. */
const BODY_TIMEOUT_MS = 2_000;

/** Sends requests to URLs of users. */
@Injectable()
export class OutboundHttp {
  constructor(private readonly addresses: OutboundAddresses) {}

  /**
   * Sends one POST on a new connection, and follows no redirect.
   * @throws OutboundRefusedError when the URL may not be called
   * @throws the signal's reason, or the error of the request
   */
  async post(address: string, { headers, body, timeoutMs, signal }: OutboundPost): Promise<OutboundResponse> {
    const timeout = new AbortController();
    const timer = setTimeout(() => {
      timeout.abort(new Error(`There was no response within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    const stop = AbortSignal.any([signal, timeout.signal]);
    try {
      const url = await orAborted(this.addresses.check(address), stop);
      const response = await this.send(url, headers, body, stop);
      return { status: response.statusCode ?? 0, excerpt: await readExcerpt(response, stop) };
    } finally {
      clearTimeout(timer);
    }
  }

  private async send(
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const send = url.protocol === 'https:' ? requestSecurely : requestPlainly;
    const bytes = Buffer.from(body);
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': bytes.length },
      // A reused connection could lead to an address that was checked long ago.
      agent: false,
      lookup: this.addresses.lookupFor(url),
    });
    const response = headOf(request);
    request.end(bytes);
    try {
      return await orAborted(response, signal);
    } catch (error) {
      request.destroy();
      throw error;
    }
  }
}

function headOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // A protocol upgrade is a response, too.
    request.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response);
    });
    // Also after the head: an error event without a listener would end the process.
    request.on('error', reject);
  });
}

/** Reads the beginning of the body. An incomplete or endless body is cut off after a timeout. */
async function readExcerpt(response: IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  await new Promise<void>((done) => {
    const timer = setTimeout(done, BODY_TIMEOUT_MS);
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    };
    signal.addEventListener('abort', end, { once: true });
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk.subarray(0, MAX_RESPONSE_BYTES - size));
      size += chunk.length;
      if (size >= MAX_RESPONSE_BYTES) end();
    });
    response.once('close', end).once('end', end).on('error', end);
  });
  response.destroy();
  return Buffer.concat(chunks)
    .toString('utf8')
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, EXCERPT_CHARACTERS);
}
