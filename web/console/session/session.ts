import { computed, reactive, readonly, watch } from 'vue';
import { type components, createClient, type ExportClient, unwrap } from '@export-service/client';
import { toObstacle } from '../../shared/obstacle';
import { keep, kept } from '../kept';

/** Who is signed in, and what they may do, as the service says. */
export type SignedInUser = components['schemas']['CallerSessionResponse'];

/** How one signs in here, beside a token. */
export interface SignInOptions {
  readonly oidc: { readonly issuer: string; readonly client_id: string; readonly scope: string } | null;
  readonly sign_in_links: boolean;
}

/** The service is where the console is: `…/console/`. */
export const SERVICE_URL = new URL('..', document.baseURI).href.replace(/\/$/, '');

const tab = (): Storage => sessionStorage;

/**
 * The sign-in of this tab. The token stays in the tab's storage, so it survives a reload and ends with the tab.
 * `refused` is set when the service no longer accepts the token; the page stays as it is meanwhile.
 */
const state = reactive({
  token: kept('token', tab),
  caller: undefined as SignedInUser | undefined,
  isRefused: false,
});

export const session = readonly(state);
export const isSignedIn = computed(() => state.caller !== undefined);

/** Resolves once it is known who the user is, and so what they may open. */
export function whenSignedIn(): Promise<void> {
  return new Promise((resolve) => {
    const stop = watch(
      isSignedIn,
      (isKnown) => {
        if (!isKnown) return;
        resolve();
        queueMicrotask(() => {
          stop();
        });
      },
      { immediate: true },
    );
  });
}

/** The service as the user sees it. */
export const client: ExportClient = clientFor(() => state.token ?? '');

/** @throws an error of the client, if the service does not accept the token */
export async function signIn(token: string): Promise<void> {
  const caller = await describeCaller(token);
  // Another user must not see what the page still shows of the former one.
  const isAnotherUser = state.caller !== undefined && !isSameUser(state.caller, caller);
  state.token = token;
  keep('token', token, tab);
  if (isAnotherUser) location.reload();
  state.caller = caller;
  state.isRefused = false;
}

/** Continues with the token that the tab has. */
export async function resumeSession(): Promise<void> {
  if (state.token === undefined || state.caller !== undefined) return;
  try {
    state.caller = await describeCaller(state.token);
  } catch (error) {
    if (toObstacle(error, true)?.cause !== 'sign-in') throw error;
    signOut();
  }
}

export function signOut(): void {
  state.token = undefined;
  state.caller = undefined;
  state.isRefused = false;
  keep('token', undefined, tab);
}

/** The service refused the token: it has expired, or its key was replaced. */
export function reportRefusal(): void {
  if (state.caller !== undefined) state.isRefused = true;
}

export async function loadSignInOptions(): Promise<SignInOptions> {
  const response = await fetch(new URL('config.json', document.baseURI));
  if (!response.ok) return { oidc: null, sign_in_links: false };
  return (await response.json()) as SignInOptions;
}

/** Exchanges the code of a sign-in link, which works once. */
export async function redeemSignInLink(code: string): Promise<void> {
  const anonymous = clientFor('');
  const { token } = await unwrap(anonymous.api.POST('/api/v1/console/sign-in', { body: { code } }));
  await signIn(token);
}

function describeCaller(token: string): Promise<SignedInUser> {
  return unwrap(clientFor(token).api.GET('/api/v1/session'));
}

/** It repeats nothing by itself: the console shows what it waits for. */
function clientFor(token: string | (() => string)): ExportClient {
  return createClient({ baseUrl: SERVICE_URL, token, retryTimeoutMs: 0 });
}

function isSameUser(one: SignedInUser, other: SignedInUser): boolean {
  return one.user_id === other.user_id && one.tenant_id === other.tenant_id;
}
