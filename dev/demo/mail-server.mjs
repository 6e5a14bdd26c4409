// @ts-check
// A mail server for the demo, which accepts every message and forwards none.
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { readMail } from './mail.mjs';

/** @typedef {import('./mail.mjs').Mail} Mail */

const timeoutMs = 30_000;

export class MailServer {
  #server;
  /** @type {Mail[]} */
  #mails;

  /** @param {SMTPServer} server @param {Mail[]} mails */
  constructor(server, mails) {
    this.#server = server;
    this.#mails = mails;
  }

  static async start() {
    /** @type {Mail[]} */
    const mails = [];
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData: (stream, _session, done) => {
        buffer(stream).then(
          (raw) => {
            mails.push(readMail(raw));
            done();
          },
          (error) => done(error),
        );
      },
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new MailServer(server, mails);
  }

  get url() {
    const address = this.#server.server.address();
    return `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  /**
   * The first mail of which something holds, once it is there.
   * @param {(mail: Mail) => boolean} holds
   * @returns {Promise<Mail>}
   */
  async mailOfWhich(holds) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const mail = this.#mails.find(holds);
      if (mail) return mail;
      if (Date.now() > deadline) throw new Error(`no such mail came within ${timeoutMs / 1000} s`);
      await sleep(50);
    }
  }

  /** @returns {Promise<void>} */
  stop() {
    return new Promise((closed) => this.#server.close(() => closed()));
  }
}
