import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/** Where Linux tells how its connections are; other systems have no such files. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** FIN_WAIT2 and TIME_WAIT: the end of what we sent was acknowledged, and so was all before it. */
const ENDED_STATES: readonly string[] = ['05', '06'];

/**
 * Whether the other machine has acknowledged everything that was sent over a connection whose sending side was ended.
 * Connections between the same two ports are not told apart: all of them have to be so.
 * @returns false also where the system does not tell
 */
export async function isAcknowledged({ localPort, remotePort }: Socket): Promise<boolean> {
  if (localPort === undefined || remotePort === undefined) return false;
  const tables = await Promise.all(TABLES.map((path) => readFile(path, 'latin1').catch(() => '')));
  return hasAllEnded(tables.join('\n'), localPort, remotePort);
}

/** @param table lines of which each has, behind its number, the local and the remote end as `address:port` and the state, in hex */
export function hasAllEnded(table: string, localPort: number, remotePort: number): boolean {
  const [local, remote] = [hexOf(localPort), hexOf(remotePort)];
  const states = [...table.matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{2}) /gm)]
    .filter(([, ours, theirs]) => ours === local && theirs === remote)
    .map(([, , , state = '']) => state);
  return states.length > 0 && states.every((state) => ENDED_STATES.includes(state));
}

function hexOf(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
