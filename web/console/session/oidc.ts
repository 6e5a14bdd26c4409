import * as oauth from 'oauth4webapi';
import { keep, kept } from '../kept';
import { rememberPage } from './arrival';
import type { SignInOptions } from './session';

type Oidc = NonNullable<SignInOptions['oidc']>;

/** What must survive the visit to the issuer. It stays in the tab. */
interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

const tab = (): Storage => sessionStorage;
const ENTRY = 'oidc';

/** Leaves for the issuer: authorization code flow with PKCE (RFC 7636). The issuer sends the user back to the console. */
export async function leaveForIssuer(oidc: Oidc): Promise<void> {
  const server = await discover(oidc);
  const { authorization_endpoint: endpoint } = server;
  if (endpoint === undefined) throw new Error(`${oidc.issuer} names no authorization endpoint`);
  const pending: PendingSignIn = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
  };
  keep(ENTRY, JSON.stringify(pending), tab);
  rememberPage();
  const url = new URL(endpoint);
  const parameters = {
    client_id: oidc.client_id,
    redirect_uri: redirectUri(),
    response_type: 'code',
    scope: oidc.scope,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

/**
 * Exchanges the code that the issuer sent for a token.
 * @param url where the issuer sent the user
 * @returns the access token
 * @throws an error with the reason of the issuer
 */
export async function finishSignIn(oidc: Oidc, url: URL): Promise<string> {
  const { state, nonce, verifier } = JSON.parse(kept(ENTRY, tab) ?? '{}') as PendingSignIn;
  keep(ENTRY, undefined, tab);
  const server = await discover(oidc);
  const client: oauth.Client = { client_id: oidc.client_id };
  const parameters = oauth.validateAuthResponse(server, client, url, state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirectUri(),
    verifier,
    requestOptions(oidc),
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: nonce });
  return tokens.access_token;
}

async function discover(oidc: Oidc): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(oidc.issuer);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, requestOptions(oidc)));
}

/** An issuer on this machine may use HTTP. The service refuses any other one when it starts. */
function requestOptions({ issuer }: Oidc): object {
  // The library marks this as deprecated to stand out.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return new URL(issuer).protocol === 'http:' ? { [oauth.allowInsecureRequests]: true } : {};
}

function redirectUri(): string {
  return new URL('.', document.baseURI).href;
}
