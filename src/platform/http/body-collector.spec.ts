import { BodyCollector, type BodyCollectorOptions } from './body-collector';
import { LARGE_BODY_BYTES, type LargeBodySlot } from './large-bodies';

const MB = LARGE_BODY_BYTES;

describe('BodyCollector', () => {
  let taken: number[];
  let written: number;

  const slot: LargeBodySlot = {
    grow: (bytes) => {
      taken.push(bytes);
    },
    release: () => undefined,
  };

  beforeEach(() => {
    taken = [];
    written = 0;
  });

  function collector(options: Partial<BodyCollectorOptions> = {}): BodyCollector {
    return new BodyCollector({
      reader: { write: (chunk) => (written += chunk.length) },
      maxBytes: 4 * MB,
      declaredBytes: 0,
      isCompressed: false,
      takeSlot: (bytes) => {
        taken.push(bytes);
        return slot;
      },
      ...options,
    });
  }

  const bytes = (length: number, fill = 7) => Buffer.alloc(length, fill);

  it.each([0, 3 * MB])('returns the received bytes for a declared length of %d', (declaredBytes) => {
    const collecting = collector({ declaredBytes });
    const chunks = Array.from({ length: 48 }, (_, index) => bytes(MB / 16, index));

    for (const chunk of chunks) collecting.add(chunk, 0);

    expect(collecting.take().equals(Buffer.concat(chunks))).toBe(true);
    expect(written).toBe(3 * MB);
  });

  it('takes no slot for less than 1 MB', () => {
    const collecting = collector({ declaredBytes: MB - 1 });

    collecting.add(bytes(MB - 1), 0);

    expect([taken, collecting.slot, collecting.take().length]).toEqual([[], null, MB - 1]);
  });

  it('takes a slot for the declared length before the first byte', () => {
    expect(collector({ declaredBytes: 3 * MB, isCompressed: true }).slot).toBe(slot);
    expect(taken).toEqual([3 * MB]);
  });

  it('takes slots for received bytes, megabyte by megabyte', () => {
    const collecting = collector();

    for (const length of [MB - 1, 1, 1, MB, 2 * MB - 1]) collecting.add(bytes(length), 0);

    expect(taken).toEqual([MB, 2 * MB, 3 * MB, 4 * MB]);
  });

  it('rejects a body that is declared or becomes too large', () => {
    expect(() => collector({ declaredBytes: 4 * MB + 1 })).toThrow('larger than');
    const collecting = collector();
    collecting.add(bytes(4 * MB), 0);

    expect(() => {
      collecting.add(bytes(1), 0);
    }).toThrow('larger than');
    expect(written).toBe(4 * MB);
  });

  it('rejects more than a hundred times the bytes on the wire, at least a kilobyte', () => {
    const collecting = collector({ isCompressed: true });
    collecting.add(bytes(100 * 1024), 10);

    expect(() => {
      collecting.add(bytes(1), 1024);
    }).toThrow('100 times');
    collecting.add(bytes(100), 1025);
  });

  it('accepts a body that expands most at its beginning', () => {
    const collecting = collector({ isCompressed: true, declaredBytes: 20_000 });

    collecting.add(bytes(2_000_000), 1024);

    expect(() => {
      collecting.add(bytes(1), 1024);
    }).toThrow('100 times');
  });

  it('does not keep the bytes of a rejected body', () => {
    const collecting = collector({
      reader: {
        write: () => {
          throw new RangeError('no more');
        },
      },
    });

    expect(() => {
      collecting.add(bytes(10), 0);
    }).toThrow(RangeError);
    expect(collecting.take().length).toBe(0);
  });
});
