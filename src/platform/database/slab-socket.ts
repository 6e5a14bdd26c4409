import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

/** As much as Node reads at once. */
const SLAB_BYTES = 64 * 1024;

/** PostgreSQL sends 8 KB at a time: a read into less room would often be cut. */
const MIN_READ_BYTES = 8 * 1024;

/** The most released slabs that a thread keeps: 32 MB, as much as is read ahead, since all of that is released at once. */
const MAX_FREE = 512;

/** Memory that the reads of one socket fill, one after the other. */
interface Slab {
  readonly memory: Buffer;
  filledBytes: number;
  /** Chunks of it that were not released. */
  lentChunks: number;
  /** Whether its socket still reads into it. */
  isOpen: boolean;
}

const free: Slab[] = [];
const slabs = new WeakMap<ArrayBufferLike, Slab>();

/**
 * A socket whose chunks may be released, so that their memory is filled again: new memory for each chunk would make V8 collect
 * garbage, of all of the heap, again and again. Chunks that nobody releases stay valid, as those of any socket.
 */
export function openSlabSocket(): Socket {
  let slab = takeSlab();
  const onread: OnReadOpts = {
    buffer: () => {
      if (slab.lentChunks === 0) slab.filledBytes = 0;
      if (SLAB_BYTES - slab.filledBytes < MIN_READ_BYTES) {
        slab.isOpen = false;
        slab = takeSlab();
      }
      return slab.memory.subarray(slab.filledBytes);
    },
    callback: (bytes) => {
      const from = slab.filledBytes;
      slab.filledBytes += bytes;
      slab.lentChunks += 1;
      socket.emit('data', slab.memory.subarray(from, slab.filledBytes));
      return true;
    },
  };
  // The constructor takes `onread`, as `connect` is documented to do, which passes its options on.
  const socket = new Socket({ onread } as SocketConstructorOpts);
  return socket;
}

/** Gives back a chunk of a slab socket, of which nothing is read any more. Other chunks are left alone. */
export function releaseChunk(chunk: Buffer): void {
  const slab = slabs.get(chunk.buffer);
  if (!slab) return;
  slab.lentChunks -= 1;
  if (slab.lentChunks === 0 && !slab.isOpen && free.length < MAX_FREE) free.push(slab);
}

function takeSlab(): Slab {
  const slab = free.pop() ?? {
    memory: Buffer.allocUnsafeSlow(SLAB_BYTES),
    filledBytes: 0,
    lentChunks: 0,
    isOpen: true,
  };
  slab.filledBytes = 0;
  slab.isOpen = true;
  slabs.set(slab.memory.buffer, slab);
  return slab;
}
