import { drawPages, type DrawingHelpers, type PageDrawing } from './page-scheduler';

/** A drawing whose pages are finished by the test. */
class FakeDrawing implements PageDrawing {
  readonly requested: number[] = [];
  isStopped = false;
  private readonly unfinished: { finish(): void; fail(error: Error): void }[] = [];

  constructor(
    readonly pageCount: number,
    private readonly name: string,
  ) {}

  drawPage(index: number): Promise<Uint8Array> {
    this.requested.push(index);
    return new Promise((resolve, reject) => {
      this.unfinished.push({
        finish: () => {
          resolve(Buffer.from(`${index} by ${this.name}`));
        },
        fail: reject,
      });
    });
  }

  stop(): void {
    this.isStopped = true;
  }

  finishNext(): void {
    this.unfinished.shift()?.finish();
  }

  failNext(error: Error): void {
    this.unfinished.shift()?.fail(error);
  }
}

/** Helpers that join when they are let in. */
class FakeHelpers implements DrawingHelpers {
  overbooked = false;
  asked = 0;
  private answer: ((drawing: PageDrawing | null) => void) | null = null;

  join(): Promise<PageDrawing | null> {
    this.asked += 1;
    return new Promise((resolve) => {
      this.answer = resolve;
    });
  }

  async let(drawing: PageDrawing | null): Promise<void> {
    this.answer?.(drawing);
    await settle();
  }

  isOverbooked(): boolean {
    return this.overbooked;
  }
}

/** Lets all promises settle that wait for nothing else. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function setUp(pageCount: number) {
  const first = new FakeDrawing(pageCount, 'first');
  const helper = new FakeDrawing(pageCount, 'helper');
  const helpers = new FakeHelpers();
  const files: string[] = [];
  const pages = drawPages(first, helpers)[Symbol.asyncIterator]();
  const read = async (): Promise<void> => {
    for (let next = await pages.next(); !next.done; next = await pages.next()) {
      files.push(Buffer.from(next.value).toString());
    }
  };
  return { first, helper, helpers, files, pages, read };
}

async function finishAll(...drawings: FakeDrawing[]): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    for (const drawing of drawings) drawing.finishNext();
    await settle();
  }
}

describe('drawPages', () => {
  it('draws by one thread without help, and stays three pages ahead of the reader', async () => {
    const { first, helpers, files, read } = setUp(20);
    const reading = read();
    await settle();

    expect(first.requested).toEqual([0, 1, 2]);
    expect(helpers.asked).toBe(1);
    await helpers.let(null);
    await finishAll(first);
    await reading;

    expect(files).toEqual(Array.from({ length: 20 }, (_, page) => `${page} by first`));
    expect(first.isStopped).toBe(true);
  });

  it('asks nobody to help with a few pages', async () => {
    const { first, helpers, read } = setUp(8);
    const reading = read();
    await finishAll(first);
    await reading;

    expect(helpers.asked).toBe(0);
  });

  it('shares pages with a helper, and returns them in order', async () => {
    const { first, helper, helpers, files, read } = setUp(20);
    const reading = read();
    await settle();
    await helpers.let(helper);

    expect([first.requested, helper.requested]).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    // The helper is faster: it waits for the reader, who waits for the first page.
    for (let page = 0; page < 3; page += 1) helper.finishNext();
    await settle();
    expect(files).toEqual([]);
    await finishAll(first, helper);
    await reading;

    expect(files.map((file) => Number(file.split(' ')[0]))).toEqual(Array.from({ length: 20 }, (_, page) => page));
    expect(helper.requested.length).toBeGreaterThan(5);
    expect([...first.requested, ...helper.requested].sort((a, b) => a - b)).toHaveLength(20);
    expect(helper.isStopped).toBe(true);
  });

  it('lets a helper go after the pages that it has, when others need its thread', async () => {
    const { first, helper, helpers, files, read } = setUp(20);
    const reading = read();
    await settle();
    await helpers.let(helper);
    helpers.overbooked = true;

    first.finishNext();
    await settle();
    expect(helper.isStopped).toBe(false);
    for (let page = 0; page < 3; page += 1) {
      helper.finishNext();
      await settle();
    }

    expect(helper.isStopped).toBe(true);
    expect(helper.requested).toEqual([3, 4, 5]);
    await finishAll(first);
    await reading;
    expect(files).toHaveLength(20);
  });

  it('asks again when there is room again', async () => {
    const { first, helper, helpers, read } = setUp(40);
    const reading = read();
    await settle();
    await helpers.let(null);
    const { asked } = helpers;

    first.finishNext();
    await settle();

    expect(helpers.asked).toBe(asked + 1);
    await helpers.let(helper);
    await finishAll(first, helper);
    await reading;
  });

  it('stops all threads when the reader leaves, also one that joins later', async () => {
    const { first, helper, helpers, pages } = setUp(20);
    const next = pages.next();
    await settle();
    first.finishNext();
    await next;

    await pages.return?.();
    await helpers.let(helper);

    expect([first.isStopped, helper.isStopped]).toEqual([true, true]);
    expect(helper.requested).toEqual([]);
  });

  it('fails with the error of a page, also of a page that a helper drew', async () => {
    const { first, helper, helpers, files, read } = setUp(20);
    const reading = read().catch((error: unknown) => error);
    await settle();
    await helpers.let(helper);

    helper.failNext(new Error('The board takes too long'));
    await finishAll(first);

    expect(await reading).toEqual(new Error('The board takes too long'));
    expect(files).toEqual(['0 by first', '1 by first', '2 by first']);
    expect([first.isStopped, helper.isStopped]).toEqual([true, true]);
  });
});
