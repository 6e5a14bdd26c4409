import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** Who signs in at the issuer, and what its tokens say of them. */
export interface IssuedPerson {
  readonly sub: string;
  readonly roles?: readonly string[];
  readonly tenant_id?: string;
  readonly email?: string;
  readonly locale?: string;
}

interface IssuerOptions {
  readonly clientId?: string;
  /** The audience of access tokens. */
  readonly audience?: string;
  /** The only accepted redirect URI; any by default. */
  readonly redirectUri?: string;
  readonly lifetimeSeconds?: number;
  readonly issuesRefreshTokens?: boolean;
}

/** The sign-in that a code or a refresh token was issued for. */
interface Grant {
  readonly person: IssuedPerson;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string | null;
}

const KEY_ID = 'issuer-key';
const DEFAULTS = { clientId: 'export-console', audience: 'exports', lifetimeSeconds: 3600, issuesRefreshTokens: false };

/** A request that the issuer refuses: an error code of RFC 6749. */
class RefusedError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * An OpenID Connect issuer on the loopback interface, which approves every sign-in of `person`: the code flow with PKCE (S256), for a
 * public client. It has a discovery document, an authorization endpoint, a token endpoint and a key set, as a page of
 * another origin may use them.
 */
export class OidcIssuer {
  /** Who signs in next. */
  person: IssuedPerson = { sub: 'ann' };
  /** The requests that the authorization endpoint answered. */
  readonly authorizations: URLSearchParams[] = [];

  readonly #options: typeof DEFAULTS & IssuerOptions;
  readonly #server: Server;
  readonly #codes = new Map<string, Grant>();
  readonly #refreshTokens = new Map<string, Grant>();

  private constructor(
    private readonly privateKey: CryptoKey,
    private readonly publicKey: JWK,
    options: IssuerOptions,
  ) {
    this.#options = { ...DEFAULTS, ...options };
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(options: IssuerOptions = {}): Promise<OidcIssuer> {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const key = { ...(await exportJWK(publicKey)), alg: 'RS256', kid: KEY_ID, use: 'sig' };
    const issuer = new OidcIssuer(privateKey, key, options);
    await new Promise<void>((listening) => issuer.#server.listen(0, '127.0.0.1', listening));
    return issuer;
  }

  /** The issuer, as its tokens name it. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get keySetUrl(): string {
    return `${this.url}/keys`;
  }

  /** The settings with which the service accepts the tokens, and the console offers the sign-in. */
  get environment() {
    const { clientId, audience } = this.#options;
    return {
      JWT_JWKS_URL: this.keySetUrl,
      JWT_ISSUER: this.url,
      JWT_AUDIENCE: audience,
      CONSOLE_OIDC_ISSUER: this.url,
      CONSOLE_OIDC_CLIENT_ID: clientId,
    };
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', '*');
    response.setHeader('Cache-Control', 'no-store');
    try {
      if (request.method === 'OPTIONS') response.writeHead(204).end();
      else if (url.pathname === '/.well-known/openid-configuration') sendJson(response, 200, this.#discovery());
      else if (url.pathname === '/keys') sendJson(response, 200, { keys: [this.publicKey] });
      else if (url.pathname === '/authorize') this.#authorize(url.searchParams, response);
      else if (url.pathname === '/token' && request.method === 'POST') {
        sendJson(response, 200, await this.#exchange(new URLSearchParams(await bodyOf(request))));
      } else sendJson(response, 404, { error: 'not_found' });
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      sendJson(response, 400, { error: error.code, error_description: error.message });
    }
  }

  #discovery(): object {
    return {
      issuer: this.url,
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      jwks_uri: this.keySetUrl,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['none'],
      code_challenge_methods_supported: ['S256'],
      scopes_supported: ['openid', 'email', 'profile', 'offline_access'],
    };
  }

  /** Approves, and sends the browser back. Requests without a proven client and redirect URI are never redirected. */
  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const redirectUri = query.get('redirect_uri') ?? '';
    const expectedUri = this.#options.redirectUri ?? redirectUri;
    require(query.get('client_id') === this.#options.clientId, 'invalid_client', 'Unknown client');
    require(URL.canParse(redirectUri) && redirectUri === expectedUri, 'invalid_request', 'Wrong redirect_uri');
    this.authorizations.push(query);
    const target = new URL(redirectUri);
    const state = query.get('state');
    if (state !== null) target.searchParams.set('state', state);
    try {
      this.#checkAuthorization(query);
      const code = randomBytes(16).toString('base64url');
      const challenge = query.get('code_challenge') ?? '';
      this.#codes.set(code, { person: this.person, redirectUri, challenge, nonce: query.get('nonce') });
      target.searchParams.set('code', code);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      target.searchParams.set('error', error.code);
      target.searchParams.set('error_description', error.message);
    }
    response.writeHead(302, { Location: target.href }).end();
  }

  #checkAuthorization(query: URLSearchParams): void {
    require(query.get('response_type') === 'code', 'unsupported_response_type', 'response_type must be code');
    require((query.get('scope') ?? '').split(' ').includes('openid'), 'invalid_scope', 'scope must have openid');
    require((query.get('state') ?? '') !== '', 'invalid_request', 'state is missing');
    require(query.get('code_challenge_method') === 'S256', 'invalid_request', 'code_challenge_method must be S256');
    require(/^[\w-]{43}$/.test(query.get('code_challenge') ?? ''), 'invalid_request', 'code_challenge is no SHA-256');
  }

  async #exchange(form: URLSearchParams): Promise<object> {
    require(form.get('client_id') === this.#options.clientId, 'invalid_client', 'Unknown client');
    const type = form.get('grant_type');
    if (type === 'refresh_token') return this.#issue(take(this.#refreshTokens, form.get('refresh_token')));
    require(type === 'authorization_code', 'unsupported_grant_type', 'grant_type must be authorization_code');
    const grant = take(this.#codes, form.get('code'));
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    require(form.get('redirect_uri') === grant.redirectUri, 'invalid_grant', 'Another redirect_uri');
    require(challenge === grant.challenge, 'invalid_grant', 'code_verifier does not match code_challenge');
    return this.#issue(grant);
  }

  async #issue(grant: Grant): Promise<object> {
    const { clientId, audience, lifetimeSeconds, issuesRefreshTokens } = this.#options;
    const { sub, ...claims } = grant.person;
    const sign = (type: string, recipient: string, more: object) =>
      new SignJWT({ ...more })
        .setProtectedHeader({ alg: 'RS256', kid: KEY_ID, typ: type })
        .setIssuer(this.url)
        .setAudience(recipient)
        .setSubject(sub)
        .setIssuedAt()
        .setExpirationTime(`${lifetimeSeconds}s`)
        .sign(this.privateKey);
    const refreshToken = randomBytes(16).toString('base64url');
    if (issuesRefreshTokens) this.#refreshTokens.set(refreshToken, grant);
    return {
      access_token: await sign('at+jwt', audience, { ...claims, client_id: clientId }),
      id_token: await sign('JWT', clientId, { ...(grant.nonce !== null && { nonce: grant.nonce }) }),
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      ...(issuesRefreshTokens && { refresh_token: refreshToken }),
    };
  }
}

/** Codes and refresh tokens work once. */
function take(grants: Map<string, Grant>, key: string | null): Grant {
  const grant = grants.get(key ?? '');
  grants.delete(key ?? '');
  if (!grant) throw new RefusedError('invalid_grant', 'Unknown or used');
  return grant;
}

function require(condition: boolean, code: string, message: string): void {
  if (!condition) throw new RefusedError(code, message);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
