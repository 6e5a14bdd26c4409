import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { within } from '../../../platform/async';
import ipaddr from 'ipaddr.js';

/** All addresses of a name, such as the system knows them. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

const LOOKUP_TIMEOUT_MS = 5_000;
const MAX_URL_LENGTH = 2_048;
const DEFAULT_PORT: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
/** Names for this machine and this network, whatever a name server says of them. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|localdomain|home\.arpa)$/;

/**
 * Says which addresses that users gave may be called: public ones by https, and hosts that the operator allows. The
 * question is put twice, when an address is given and for the very address that is connected to: a name may lead
 * somewhere else by then.
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
   * @returns the address as it will be called
   * @throws OutboundRefusedError saying why it will not
   */
  async check(address: string): Promise<URL> {
    const url = this.read(address);
    if (this.isAllowed(url)) return url;
    await this.publicAddressesOf(url.hostname);
    return url;
  }

  /** The same for a host that is called by another protocol than HTTP. @throws OutboundRefusedError */
  async checkHost(hostname: string, port: number): Promise<void> {
    if (!this.isAllowedHost(hostname, String(port))) await this.publicAddressesOf(hostname);
  }

  /** How a host that is called by another protocol is looked up for a connection. */
  lookupForHost(hostname: string, port: number): LookupFunction {
    return this.lookupWhere(this.isAllowedHost(hostname, String(port)));
  }

  /**
   * How the name in `url`, and others below it, are looked up for a connection: only to addresses that may be called, so
   * that what was checked is what is connected to. A host that is an address is never looked up: `check` has judged it.
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

  private read(address: string): URL {
    const url = address.length <= MAX_URL_LENGTH && URL.canParse(address) ? new URL(address) : null;
    if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
      throw new OutboundRefusedError(
        `must be an address of at most ${MAX_URL_LENGTH} characters that begins with https://`,
      );
    }
    if (url.username !== '' || url.password !== '') {
      throw new OutboundRefusedError('must not have a user or a password in it');
    }
    if (url.protocol === 'http:' && !this.isAllowed(url)) {
      throw new OutboundRefusedError('must begin with https://, unless OUTBOUND_ALLOWED_HOSTS names its host');
    }
    return url;
  }

  private isAllowed(url: URL): boolean {
    const port = url.port === '' ? (DEFAULT_PORT[url.protocol] ?? '') : url.port;
    return this.isAllowedHost(url.hostname, port);
  }

  private isAllowedHost(hostname: string, port: string): boolean {
    const host = withoutDot(hostname);
    return this.allowedHosts.has(host) || this.allowedHosts.has(`${host}:${port}`);
  }

  /** One address that is not public spoils all: which of them is connected to would be chance. */
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
      // The caller must not learn which names exist in our network.
      throw new OutboundRefusedError(isUnknown ? notPublic(host) : notFoundNow(host), { cause: error });
    }
  }
}

/** An address that is not called; the message says why, and is fit for who gave it. */
export class OutboundRefusedError extends Error {
  override readonly name = 'OutboundRefusedError';
}

function notPublic(host: string): string {
  return `leads to ${host}, which has no public address, or others besides: it is called only where OUTBOUND_ALLOWED_HOSTS names it`;
}

function notFoundNow(host: string): string {
  return `leads to ${host}, whose address cannot be found out now; try again in a moment`;
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
