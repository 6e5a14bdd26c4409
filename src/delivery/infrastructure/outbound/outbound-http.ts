import { type ClientRequest, type IncomingMessage, request as requestPlainly } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { Injectable } from '@nestjs/common';
import { orAborted } from '../../../platform/async';
import { OutboundAddresses } from './outbound-addresses';

export interface OutboundPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For all of it, from the look at the address to the head of the answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface OutboundAnswer {
  readonly status: number;
  /** How its body begins, for a person who looks for what went wrong. */
  readonly excerpt: string;
}

const MAX_RESPONSE_BYTES = 64 * 1024;
const EXCERPT_CHARACTERS = 200;
/** The status says it all; whoever sends it has the rest of the time that is left, and no more than this. */
const BODY_PATIENCE_MS = 2_000;

/** Calls addresses that users gave. */
@Injectable()
export class OutboundHttp {
  constructor(private readonly addresses: OutboundAddresses) {}

  /**
   * Posts once, on a connection of its own, and follows no redirect.
   * @throws OutboundRefusedError when the address may not be called
   * @throws the signal's reason, or what kept the head of an answer from coming
   */
  async post(address: string, { headers, body, timeoutMs, signal }: OutboundPost): Promise<OutboundAnswer> {
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort(new Error(`There was no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    const stop = AbortSignal.any([signal, late.signal]);
    try {
      const url = await orAborted(this.addresses.check(address), stop);
      const answer = await this.send(url, headers, body, stop);
      return { status: answer.statusCode ?? 0, excerpt: await excerptOf(answer, stop) };
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
      // A connection that lives on could be to an address that was judged long ago.
      agent: false,
      lookup: this.addresses.lookupFor(url),
    });
    const answer = headOf(request);
    request.end(bytes);
    try {
      return await orAborted(answer, signal);
    } catch (error) {
      request.destroy();
      throw error;
    }
  }
}

function headOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    // A server that speaks another protocol from here on has answered all the same.
    request.once('upgrade', (answer, socket) => {
      socket.destroy();
      resolve(answer);
    });
    // Also after the head, when nobody listens any more: the event would end the process.
    request.on('error', reject);
  });
}

/** What is there of the body by the time that patience ends; a body that breaks or goes on for ever has said enough. */
async function excerptOf(answer: IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  await new Promise<void>((done) => {
    const timer = setTimeout(done, BODY_PATIENCE_MS);
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      done();
    };
    signal.addEventListener('abort', end, { once: true });
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk.subarray(0, MAX_RESPONSE_BYTES - size));
      size += chunk.length;
      if (size >= MAX_RESPONSE_BYTES) end();
    });
    answer.once('close', end).once('end', end).on('error', end);
  });
  answer.destroy();
  return Buffer.concat(chunks)
    .toString('utf8')
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, EXCERPT_CHARACTERS);
}
