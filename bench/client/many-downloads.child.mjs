// @ts-check
// node many-downloads.child.mjs <host> <port> <path> <token> <readers>
// Each reader downloads the file again and again over a connection of its own, until standard input ends. Prints, as JSON, once all have
// begun, and at the end, how many bytes came, how many files were complete, and the SHA-256 of the first.
import { createHash } from 'node:crypto';
import { connect } from 'node:net';

const [host = '', port = '', path = '', token = '', readers = ''] = process.argv.slice(2);
const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
// One buffer for all: what arrives is counted, and only the first file is looked at.
const buffer = Buffer.alloc(1024 * 1024);
const seen = { bytes: 0, files: 0, sha256: '' };
const sockets = [];
let begun = 0;

for (let reader = 0; reader < Number(readers); reader++) sockets.push(read(reader === 0 ? createHash('sha256') : null));

process.stdin.resume().on('end', () => {
  console.log(JSON.stringify(seen));
  process.exit(0);
});

/** @param {import('node:crypto').Hash | null} hash */
function read(hash) {
  let left = -1;
  const socket = connect({
    host,
    port: Number(port),
    onread: {
      buffer,
      callback: (length) => {
        take(buffer.subarray(0, length));
        return true;
      },
    },
  });
  socket.on('connect', () => socket.write(request));
  socket.on('error', fail).on('close', () => fail(new Error('A connection was closed')));
  return socket;

  /** @param {Buffer} bytes */
  function take(bytes) {
    const body = left < 0 ? begin(bytes) : bytes;
    hash?.update(body);
    left -= body.length;
    seen.bytes += body.length;
    if (left === 0) end();
  }

  /** The first bytes of a response have its whole head. @param {Buffer} bytes */
  function begin(bytes) {
    const end = bytes.indexOf('\r\n\r\n');
    const head = bytes.toString('latin1', 0, end);
    const length = /^content-length: (\d+)$/im.exec(head)?.[1];
    if (!head.startsWith('HTTP/1.1 200') || length === undefined) throw new Error(`Not a download: ${head}`);
    left = Number(length);
    begun += 1;
    if (begun === Number(readers)) console.log(JSON.stringify({ begun }));
    return bytes.subarray(end + 4);
  }

  function end() {
    seen.files += 1;
    if (hash && seen.sha256 === '') seen.sha256 = hash.digest('hex');
    hash = null;
    left = -1;
    socket.write(request);
  }
}

/** @param {Error} error */
function fail(error) {
  console.error(error.message);
  process.exit(1);
}
