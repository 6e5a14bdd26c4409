import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describeWhere } from '../../../test/support/describe-where';
import { until } from '../../../test/support/until';
import { areAllAcknowledged, isAcknowledged } from './acknowledged';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const line = (local: string, remote: string, state: string) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 20 4 30 10 -1`;

describe('areAllAcknowledged', () => {
  const [OURS, THEIRS] = ['0100007F:1F40', '0100007F:C350'];

  it.each([
    ['is true when the peer has acknowledged the FIN', [line(OURS, THEIRS, '05')], true],
    ['is true when both sides have closed', [line(OURS, THEIRS, '06')], true],
    ['is false while the FIN is not acknowledged', [line(OURS, THEIRS, '04')], false],
    ['is false for an open connection', [line(OURS, THEIRS, '01')], false],
    ['ignores the connection as the peer sees it', [line(THEIRS, OURS, '05')], false],
    [
      'is false when another connection between the same ports is open',
      [line(OURS, THEIRS, '05'), line(OURS, '0200007F:C350', '01')],
      false,
    ],
    [
      'reads IPv6 addresses',
      [line('00000000000000000000000001000000:1F40', '00000000000000000000000001000000:C350', '05')],
      true,
    ],
    ['is false for an unknown connection', [], false],
  ])('%s', (_, lines, expected) => {
    expect(areAllAcknowledged([HEAD, ...lines].join('\n'), 8000, 50_000)).toBe(expected);
  });
});

const missing = process.platform === 'linux' ? null : 'the kernel is not Linux';

describeWhere(missing, 'isAcknowledged of a half-closed connection', () => {
  it.each([
    ['is true when the client has received everything and stays connected', 10, true],
    ['is false when the client has stopped reading', 64_000_000, false],
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
