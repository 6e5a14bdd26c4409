import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { until } from '../../../test/support/until';
import { hasAllEnded, isAcknowledged } from './acknowledged';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const line = (local: string, remote: string, state: string) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 20 4 30 10 -1`;

describe('What Linux tells of a connection', () => {
  const [OURS, THEIRS] = ['0100007F:1F40', '0100007F:C350'];

  it.each([
    ['acknowledged to the end', [line(OURS, THEIRS, '05')], true],
    ['closed by both', [line(OURS, THEIRS, '06')], true],
    ['waiting for the acknowledgement', [line(OURS, THEIRS, '04')], false],
    ['open', [line(OURS, THEIRS, '01')], false],
    ['seen from the other end', [line(THEIRS, OURS, '05')], false],
    ['one of two between the same ports', [line(OURS, THEIRS, '05'), line(OURS, '0200007F:C350', '01')], false],
    ['of IPv6', [line('00000000000000000000000001000000:1F40', '00000000000000000000000001000000:C350', '05')], true],
    ['not there', [], false],
  ])('%s', (_, lines, expected) => {
    expect(hasAllEnded([HEAD, ...lines].join('\n'), 8000, 50_000)).toBe(expected);
  });
});

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('A connection whose sending side was ended', () => {
  it.each([
    ['is acknowledged by a reader that has taken everything and stays', 10, true],
    ['is not acknowledged by one that has stopped reading', 64_000_000, false],
  ])('%s', async (_, bytes, expected) => {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const reader = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
    const [sender] = (await once(server, 'connection')) as [Socket];

    sender.end(Buffer.alloc(bytes));
    if (expected) await until('it is acknowledged', () => isAcknowledged(sender));

    expect(await isAcknowledged(sender)).toBe(expected);
    for (const socket of [reader, sender]) socket.on('error', () => undefined).destroy();
    server.close();
  });
});
