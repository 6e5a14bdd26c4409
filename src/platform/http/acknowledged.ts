import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/** The connection tables of Linux. Other systems do not have these files. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** FIN_WAIT2 and TIME_WAIT: the peer has acknowledged our FIN, and so every byte before it. */
const ACKNOWLEDGED_STATES: readonly string[] = ['05', '06'];

/**
 * Whether the peer's kernel has acknowledged everything on a half-closed connection. Node.js does not report that.
 * Connections with the same two ports cannot be distinguished, so all of them must be acknowledged.
 * @returns false when the system has no such tables
 */
export async function isAcknowledged({ localPort, remotePort }: Socket): Promise<boolean> {
  if (localPort === undefined || remotePort === undefined) return false;
  const tables = await Promise.all(TABLES.map((path) => readFile(path, 'latin1').catch(() => '')));
  return areAllAcknowledged(tables.join('\n'), localPort, remotePort);
}

/** @param table lines of number, local `address:port`, remote `address:port` and state, in hex */
export function areAllAcknowledged(table: string, localPort: number, remotePort: number): boolean {
  const [local, remote] = [toHex(localPort), toHex(remotePort)];
  const states = [...table.matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{2}) /gm)]
    .filter(([, ours, theirs]) => ours === local && theirs === remote)
    .map(([, , , state = '']) => state);
  return states.length > 0 && states.every((state) => ACKNOWLEDGED_STATES.includes(state));
}

function toHex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
