import type { Browser, BrowserContext, Page } from 'playwright-core';
import { BoardPainter } from '../../src/solo/infrastructure/drawing/board-painter';
import { describeInBrowser, launchBrowser } from '../support/browser';
import { HOSTILE_TEXT, hostileBoard } from '../support/hostile-board';
import { drawnPage, exampleBoards, NoAssets, openBoard, readState, svgPagesOf } from './golden-set';
import { pictureDifference } from './picture-difference';

/** A script that no shipped font covers is drawn with the fonts of the browser. */
const WITH_TEXT = 1e-3;
const WITHOUT_TEXT = 1e-4;
const ADDRESS = 'http://board.test/board.svg';

/** What no example has: rules of fonts, kerning, erased and multiplied strokes, shadows and opacity. */
const details = {
  pages: [
    {
      width: 800,
      height: 500,
      background: 'white',
      groups: [],
      strokes: [
        { tool: 'pen', color: '#1d4ed8', size: 24, opacity: 0.6, points: across(120) },
        { tool: 'highlighter', color: '#facc15', size: 40, opacity: 0.4, points: across(140) },
        { tool: 'eraser', size: 30, points: [[300, 60], [320, 140], [340, 220]] },
        { tool: 'pen', color: '#dc2626', size: 12, opacity: 1, points: across(160) },
        { tool: 'text', color: '#111827', size: 36, opacity: 1, points: [[40, 260]], text: 'AV To fi नमस्ते é שלום' },
        { tool: 'text', color: '#11182780', size: 28, opacity: 0.7, points: [[40, 320]], text: '  白板 한글 👩‍🏫☎️ ok' },
      ],
      assets: [
        { type: 'sticky', x: 560, y: 260, w: 160, h: 120, text: 'Note with a shadow', bgColor: '#fde68a', textColor: '#000' },
      ],
    },
  ],
  currentPageIndex: 0,
};

function across(y: number): number[][] {
  return [60, 200, 340, 480, 620].map((x, index) => [x, y + (index % 2) * 30]);
}

describeInBrowser('A board as SVG', () => {
  let browser: Browser;
  let context: BrowserContext;
  let painter: BoardPainter;

  beforeAll(async () => {
    painter = new BoardPainter({ threads: 1, assets: new NoAssets() });
    browser = await launchBrowser();
    context = await browser.newContext({ deviceScaleFactor: 2 });
  });
  afterAll(async () => {
    await browser.close();
    await painter.onApplicationShutdown();
  });

  const svgOf = async (state: Buffer, page: number) => {
    const picture = { format: 'svg', page, background: 'white' } as const;
    const [file] = await svgPagesOf(await openBoard(painter, state, picture, new AbortController().signal));
    return file!;
  };

  /** Opens a document, and records what it requests besides itself and what it runs. */
  async function open(body: Buffer, contentType: string): Promise<{ page: Page; happened: string[] }> {
    const page = await context.newPage();
    const happened: string[] = [];
    page.on('dialog', (dialog) => {
      happened.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => happened.push(`console ${message.text()}`));
    await page.route('**/*', (route) => {
      if (route.request().url() === ADDRESS) return route.fulfill({ body, contentType });
      happened.push(`request ${route.request().url()}`);
      return route.abort();
    });
    await page.goto(ADDRESS);
    return { page, happened };
  }

  it.each([
    ['03-shapes-arrows', 2, WITHOUT_TEXT],
    ['05-assets', 1, WITHOUT_TEXT],
    ['06-eraser-composite', 1, WITHOUT_TEXT],
    ['04-texts', 1, WITH_TEXT],
    ['04-texts', 2, WITH_TEXT],
    ['07-winterboard', 1, WITH_TEXT],
    ['13-classroom', 1, WITH_TEXT],
    ['details', 1, WITH_TEXT],
  ])('looks like its PNG: %s, page %i', async (board, number, tolerance) => {
    // The painter takes the bytes.
    const readBoard = () =>
      board === 'details' ? Buffer.from(JSON.stringify(details)) : readState(exampleBoards, board);
    const [svg, png] = [await svgOf(readBoard(), number), await drawnPage(painter, readBoard(), number)];

    const { page } = await open(svg, 'image/svg+xml');
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg.toString('utf8', 0, 500)) ?? [];
    await page.setViewportSize({ width: Number(width), height: Number(height) });
    const fonts = await page.evaluate<string[]>('document.fonts.ready.then(() => [...document.fonts].map((font) => font.status))');
    const shown = await page.screenshot();
    await page.close();

    expect(fonts.filter((status) => status !== 'loaded')).toEqual([]);
    expect(await pictureDifference(shown, png)).toBeLessThanOrEqual(tolerance);
  });

  it('has texts that can be selected line by line', async () => {
    const { page } = await open(await svgOf(readState(exampleBoards, '04-texts'), 1), 'image/svg+xml');

    await page.evaluate('getSelection().selectAllChildren(document.documentElement)');
    const selected = await page.evaluate<string>('getSelection().toString()');
    await page.close();

    expect(selected).toContain('Привіт, світе! Ґанок, їжак, єнот, щука');
    expect(selected).toContain('Mixed: Юля → 東京 🚀 café naïve');
  });

  it('requests and runs nothing, in a window of its own or within a page', async () => {
    const svg = await svgOf(hostileBoard(), 1);

    for (const [body, contentType] of [
      [svg, 'image/svg+xml'],
      [Buffer.concat([Buffer.from('<!doctype html><meta charset="utf-8"><body>'), svg]), 'text/html'],
    ] as const) {
      const { page, happened } = await open(body, contentType);
      await page.evaluate('document.fonts.ready.then(() => null)');
      const text = await page.evaluate<string>('document.documentElement.textContent');
      await page.close();

      expect(happened).toEqual([]);
      expect(text).toContain(HOSTILE_TEXT);
    }
  });
});
