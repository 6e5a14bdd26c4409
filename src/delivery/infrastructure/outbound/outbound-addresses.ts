import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { within } from '../../../platform/async';

/** Resolves a host name to all of its addresses. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

const LOOKUP_TIMEOUT_MS = 5_000;
const MAX_URL_LENGTH = 2_048;
const DEFAULT_PORT: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
/** Names of this machine and this network, whatever DNS returns for them. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|localdomain|home\.arpa)$/;

/**
 * Decides which URLs of users may be called: public addresses by https, and hosts that the operator allows. They are
 * checked twice, when the URL is given and for the address that is connected to, because a name may resolve to another
 * address by then.
 */
export class OutboundAddresses {
  private readonly allowedHosts: ReadonlySet<string>;

  /** @param allowedHosts `host` or `host:port`, as `URL` writes them */
  constructor(
    allowedHosts: readonly string[],
    private readonly resolve: Resolve = resolveBySystem,
  ) {
    this.allowedHosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  }

  /**
   * @returns the URL that will be called
   * @throws OutboundRefusedError with the reason why it will not be called
   */
  async check(address: string): Promise<URL> {
    const url = this.parse(address);
    if (this.isAllowed(url)) return url;
    await this.publicAddressesOf(url.hostname);
    return url;
  }

  /** The same for a host that is called by another protocol than HTTP. @throws OutboundRefusedError */
  async checkHost(hostname: string, port: number): Promise<void> {
    if (!this.isAllowedHost(hostname, String(port))) await this.publicAddressesOf(hostname);
  }

  /** The lookup function for a connection by another protocol than HTTP. */
  lookupForHost(hostname: string, port: number): LookupFunction {
    return this.lookupWhere(this.isAllowedHost(hostname, String(port)));
  }

  /**
   * The lookup function for a connection to `url`. It returns only addresses that may be called, so that the checked address
   * is the one that is connected to. A host that is an IP address is never looked up: `check` has checked it.
   */
  lookupFor(url: URL): LookupFunction {
    return this.lookupWhere(this.isAllowed(url));
  }

  private lookupWhere(isAllowed: boolean): LookupFunction {
    return (hostname, { all, family }, found) => {
      const addresses = isAllowed ? this.resolve(hostname) : this.publicAddressesOf(hostname);
      addresses.then(
        (known) => {
          const wanted = known.filter((one) => !isFamily(family) || one.family === familyOf(family));
          const [first] = wanted;
          if (first === undefined) found(new OutboundRefusedError(notPublic(hostname)), []);
          else if (all === true) found(null, [...wanted]);
          else found(null, first.address, first.family);
        },
        (error: unknown) => {
          found(error as Error, []);
        },
      );
    };
  }

  /**
   * Checks what the text alone shows, and resolves no name.
   * @throws OutboundRefusedError
   */
  parse(address: string): URL {
    const url = address.length <= MAX_URL_LENGTH && URL.canParse(address) ? new URL(address) : null;
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
      throw new OutboundRefusedError(`must be a URL of at most ${MAX_URL_LENGTH} characters that begins with https://`);
    }
    if (url.username !== '' || url.password !== '') {
      throw new OutboundRefusedError('must not contain a user or a password');
    }
    if (url.protocol === 'http:' && !this.isAllowed(url)) {
      throw new OutboundRefusedError('must begin with https://, unless OUTBOUND_ALLOWED_HOSTS names its host');
    }
    return url;
  }

  /** Whether the operator allows the host of a URL, public or not. */
  isAllowed(url: URL): boolean {
    const port = url.port === '' ? (DEFAULT_PORT[url.protocol] ?? '') : url.port;
    return this.isAllowedHost(url.hostname, port);
  }

  isAllowedHost(hostname: string, port: string): boolean {
    const host = withoutDot(hostname);
    return this.allowedHosts.has(host) || this.allowedHosts.has(`${host}:${port}`);
  }

  /** A single private address rejects the name, because any of its addresses may be connected to. */
  private async publicAddressesOf(hostname: string): Promise<readonly LookupAddress[]> {
    const host = withoutDot(hostname).replace(/^\[|\]$/g, '');
    const family = isIP(host);
    if (family !== 0) {
      if (isPublicAddress(host)) return [{ address: host, family }];
      throw new OutboundRefusedError(notPublic(host));
    }
    if (LOCAL_NAME.test(host)) throw new OutboundRefusedError(notPublic(host));
    const addresses = await this.addressesOf(host);
    if (addresses.length > 0 && addresses.every(({ address }) => isPublicAddress(address))) return addresses;
    throw new OutboundRefusedError(notPublic(host));
  }

  private async addressesOf(host: string): Promise<readonly LookupAddress[]> {
    try {
      return await within(LOOKUP_TIMEOUT_MS, this.resolve(host), () => new OutboundRefusedError(notFoundNow(host)));
    } catch (error) {
      if (error instanceof OutboundRefusedError) throw error;
      const isUnknown = (error as NodeJS.ErrnoException).code === 'ENOTFOUND';
      // Callers must not learn which names exist in the private network.
      throw new OutboundRefusedError(isUnknown ? notPublic(host) : notFoundNow(host), { cause: error });
    }
  }
}

/** A URL that is not called. The message says why, and is for the user who gave it. */
export class OutboundRefusedError extends Error {
  override readonly name = 'OutboundRefusedError';
}

function notPublic(host: string): string {
  return `leads to ${host}, which has no public address: the operator can allow it in OUTBOUND_ALLOWED_HOSTS`;
}

function notFoundNow(host: string): string {
  return `leads to ${host}, which cannot be resolved at the moment: try again later`;
}

function resolveBySystem(hostname: string): Promise<LookupAddress[]> {
  return lookup(hostname, { all: true, verbatim: true });
}

function withoutDot(hostname: string): string {
  return hostname.toLowerCase().replace(/\.+$/, '');
}

function isFamily(family: number | string | undefined): boolean {
  return family !== undefined && family !== 0;
}

function familyOf(family: number | string | undefined): number {
  return family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : Number(family);
}

/** What IANA assigns to the internet. IPv4 addresses inside IPv6 (mapped, compatible, NAT64) are outside of it. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether an address is reachable from the internet, so that what answers there is not ours alone. */
function isPublicAddress(address: string): boolean {
  // ipaddr.js also parses other notations. An address with a zone is on one link of this machine.
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6);
}
