import { SaxesParser } from 'saxes';
import { BoardPainter } from '../../src/solo/infrastructure/drawing/board-painter';
import { HOSTILE_TEXT, hostileBoard } from '../support/hostile-board';
import { exampleBoards, NoAssets, openBoard, readState, svgPagesOf } from './golden-set';

const svg = { format: 'svg', background: 'white' } as const;
const forever = new AbortController().signal;
const solo = (page: object) => Buffer.from(JSON.stringify({ activePageId: '', pages: [page] }));

/** All that the writer may write. */
const ELEMENTS =
  'svg g defs clipPath mask filter feDropShadow path use image text tspan style';
const REFERENCE = /^(#[a-z]+-\d+|data:image\/(png|jpeg);base64,[A-Za-z0-9+/=]+)$/;

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** The elements of a well-formed document; throws when it is none. */
function readElements(file: Buffer): Element[] {
  const parser = new SaxesParser();
  const elements: Element[] = [];
  const open: Element[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes, text: '' };
    elements.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    for (const element of open) element.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(file.toString()).close();
  return elements;
}

describe('A board as SVG', () => {
  let painter: BoardPainter;

  beforeAll(() => {
    painter = new BoardPainter({ threads: 1, assets: new NoAssets() });
  });
  afterAll(() => painter.onApplicationShutdown());

  const drawn = async (state: Buffer, picture: typeof svg | { format: 'svg'; page: number; background: 'transparent' } = svg) =>
    svgPagesOf(await openBoard(painter, state, picture, forever));

  it.each([
    ['of hostile values', hostileBoard],
    ['of hostile examples', () => readState(exampleBoards, '12-hostile')],
    ['of erasers and highlighters', () => readState(exampleBoards, '06-eraser-composite')],
    ['of images', () => readState(exampleBoards, '05-assets')],
    ['of texts', () => readState(exampleBoards, '04-texts')],
  ])('%s has only known elements and no address', async (_, stateOf) => {
    for (const file of await drawn(stateOf())) {
      for (const { name, attributes, text } of readElements(file)) {
        expect(ELEMENTS.split(' ')).toContain(name);
        for (const [key, value] of Object.entries(attributes)) {
          if (key === 'href') expect(value).toMatch(REFERENCE);
          else if (key === 'xmlns') expect(value).toBe('http://www.w3.org/2000/svg');
          else if (value.includes('url(')) expect(value).toMatch(/^url\(#[a-z]+(-\d+)?\)$/);
          expect(key).not.toMatch(/^on/i);
        }
        if (name === 'style') {
          expect(text.replaceAll(/url\(data:font\/woff;base64,[A-Za-z0-9+/=]+\)/g, '')).not.toMatch(/url|import/);
        }
      }
    }
  });

  it('keeps hostile texts as texts', async () => {
    const [file] = await drawn(hostileBoard());

    const texts = readElements(file!).filter(({ name }) => name === 'text');

    expect(texts.map(({ text }) => text)).toContain(HOSTILE_TEXT);
  });

  it('has the size of the page, and the same bytes each time', async () => {
    const stateOf = () => readState(exampleBoards, '07-winterboard');

    const [first, second] = [await drawn(stateOf()), await drawn(stateOf())];

    expect(readElements(first[0]!)[0]?.attributes).toMatchObject({ width: '1920', height: '1080', viewBox: '0 0 1920 1080' });
    expect(first.every((file, index) => file.equals(second[index]!))).toBe(true);
  });

  it('draws one page without its background when that is requested', async () => {
    const background = { type: 'color', color: '#00ff00' };
    const state = Buffer.from(JSON.stringify({ activePageId: '', pages: [{}, { background }] }));

    const [file, ...others] = await drawn(state, { format: 'svg', page: 2, background: 'transparent' });

    expect(others).toEqual([]);
    expect(file!.toString()).not.toContain('fill=');
  });

  it('embeds only the characters of a text', async () => {
    const text = (content: string) => solo({ strokes: [{ tool: 'text', size: 6, points: [{ x: 9, y: 9 }], text: content }] });

    const [latin, chinese, empty] = [await drawn(text('Hello')), await drawn(text('白板')), await drawn(solo({}))];

    expect(latin[0]!.toString()).toMatch(/font-family:'Arimo'/);
    expect(latin[0]!.length).toBeLessThan(8_000);
    expect(chinese[0]!.toString()).toMatch(/font-family:'Noto Sans SC'/);
    expect(chinese[0]!.length).toBeLessThan(8_000);
    expect(empty[0]!.toString()).not.toContain('font');
  });

  it('turns strokes into an image when their erasers need too many masks', async () => {
    const at = (y: number) => [{ x: 10, y }, { x: 400, y: y + 5 }, { x: 800, y }];
    const strokes = Array.from({ length: 110 }, (_, index) => [
      { tool: 'pen', color: '#ff0000', size: 4, points: at(index * 10) },
      { tool: 'eraser', size: 900, points: at(600) },
    ]).flat();

    const [file] = await drawn(solo({ strokes }));

    const names = readElements(file!).map(({ name }) => name);
    expect(names).toContain('image');
    expect(names).not.toContain('mask');
  });

  it('comes in parts, and is not kept as a whole', async () => {
    const points = Array.from({ length: 60_000 }, (_, i) => ({ x: (i * 37) % 900, y: (i * 91) % 1200 }));
    const strokes = Array.from({ length: 10 }, (_, i) => ({ tool: 'pen', color: '#000000', size: 2, points: points.slice(i * 6_000, (i + 1) * 6_000) }));
    const drawing = await openBoard(painter, solo({ strokes }), svg, forever);

    const sizes: number[] = [];
    for await (const page of drawing.svgPages()) for await (const part of page) sizes.push(part.length);

    expect(sizes.length).toBeGreaterThan(4);
    expect(Math.max(...sizes)).toBeLessThan(1_500_000);
  });

  it('is ready for the next board after a reader leaves in the middle of a page', async () => {
    const drawing = await openBoard(painter, readState(exampleBoards, '02-handwriting'), svg, forever);

    for await (const page of drawing.svgPages()) {
      for await (const part of page) {
        expect(part.length).toBeGreaterThan(0);
        break;
      }
      break;
    }

    expect(await drawn(solo({}))).toHaveLength(1);
  });
});
