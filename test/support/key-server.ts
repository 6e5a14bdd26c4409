import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Algorithm = 'RS256' | 'ES256' | 'RS512' | 'EdDSA';

/** A server that publishes its keys as a JSON Web Key Set, and signs tokens with them. */
export class KeyServer {
  readonly #keys = new Map<string, CryptoKey>();
  readonly #published: JWK[] = [];
  readonly #server: Server;
  /** The public half of the last RSA key as text, such as everybody can read it. */
  publicKeyText = '';

  private constructor() {
    this.#server = createServer((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: this.#published }));
    });
  }

  static async start(): Promise<KeyServer> {
    const server = new KeyServer();
    await server.addKey('RS256');
    await server.addKey('ES256');
    await new Promise<void>((listening) => server.#server.listen(0, '127.0.0.1', listening));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/.well-known/jwks.json`;
  }

  async addKey(alg: Algorithm): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    this.#keys.set(alg, privateKey);
    this.#published.push({ ...(await exportJWK(publicKey)), alg, kid: alg, use: 'sig' });
    if (alg === 'RS256') this.publicKeyText = await exportSPKI(publicKey);
  }

  /** Publishes a key no longer; tokens are signed with it all the same. */
  withdraw(kid: Algorithm): void {
    this.#published.splice(
      this.#published.findIndex((key) => key.kid === kid),
      1,
    );
  }

  /** @param kid the name of the key; that of another one makes a forgery */
  token(alg: Algorithm, sub: string, kid: string = alg): Promise<string> {
    return new SignJWT({})
      .setProtectedHeader({ alg, kid })
      .setSubject(sub)
      .setExpirationTime('1h')
      .sign(this.#keys.get(alg)!);
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
  }
}
