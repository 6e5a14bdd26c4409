import { keep, kept } from '../kept';

/** What the address of the console has besides a page: someone came by a sign-in link, or back from an identity provider. */
export type Arrival =
  | { readonly kind: 'page' }
  | { readonly kind: 'sign-in-link'; readonly code: string }
  /** `url` is where the provider sent the user, with its answer. */
  | { readonly kind: 'identity-provider'; readonly url: URL };

const SIGN_IN_LINK = /^#\/sign-in\/([\w.-]+)$/;
const RETURN_TO = 'return-to';

const tab = (): Storage => sessionStorage;

/** Remembers the page that the user leaves for an identity provider. */
export function rememberPage(): void {
  keep(RETURN_TO, location.hash, tab);
}

/**
 * Reads the address once, and removes what must not stay in it: codes work once, and are secret until then. Runs before the
 * router, which would take them for a page.
 */
export function takeArrival(): Arrival {
  const url = new URL(location.href);
  const [, code] = SIGN_IN_LINK.exec(url.hash) ?? [];
  if (code !== undefined) {
    history.replaceState(null, '', url.pathname);
    return { kind: 'sign-in-link', code };
  }
  const { searchParams } = url;
  if (!searchParams.has('state') || !(searchParams.has('code') || searchParams.has('error'))) return { kind: 'page' };
  history.replaceState(null, '', `${url.pathname}${kept(RETURN_TO, tab) ?? ''}`);
  keep(RETURN_TO, undefined, tab);
  return { kind: 'identity-provider', url };
}
