import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { Drawing } from '../../src/formats';
import type { BoardPainter } from '../../src/solo/infrastructure/drawing/board-painter';
import type { Picture } from '../../src/solo/model/domain/picture';
import { AssetLoader, AssetRefusedError } from '../../src/solo/model/domain/interfaces/asset-loader';

export const repositoryRoot = join(__dirname, '..', '..');
export const exampleBoards = join(repositoryRoot, 'examples', 'boards');

/** The reference picture of one page from the front end's canvas, at pixel ratio 2. */
export interface Golden {
  readonly board: string;
  readonly page: number;
  readonly picture: string;
}

/** The pictures under a folder `<board>/page-NNN@2x.png`; none when the folder is missing. */
export function goldenSet(folder: string): Golden[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((board) =>
    readdirSync(join(folder, board)).map((file) => ({
      board,
      page: Number(/^page-(\d+)@2x\.png$/.exec(file)?.[1]),
      picture: join(folder, board, file),
    })),
  );
}

/** Refuses all images but data URLs. */
export class NoAssets extends AssetLoader {
  load(): Promise<Uint8Array> {
    return Promise.reject(new AssetRefusedError('its address is not allowed'));
  }
}

export function readState(folder: string, board: string): Buffer {
  return readFileSync(join(folder, `${board}.json`));
}

export async function drawnPage(painter: BoardPainter, state: Buffer, page: number): Promise<Uint8Array> {
  const scale = { pixelRatio: 2 };
  const picture = { format: 'png', page, scale, background: 'white' } as const;
  const [file] = await pagesOf(await openBoard(painter, state, picture, new AbortController().signal));
  return file!;
}

export function openBoard(
  painter: BoardPainter,
  state: Uint8Array,
  picture: Picture,
  signal: AbortSignal,
): Promise<Drawing> {
  const board = { account: 'ann', purpose: 'export' as const, readState: () => Promise.resolve(state) };
  return painter.open(board, picture, signal);
}

export async function pagesOf(drawing: Drawing): Promise<Uint8Array[]> {
  const pages: Uint8Array[] = [];
  for await (const page of drawing.pngPages()) pages.push(page);
  return pages;
}

export async function svgPagesOf(drawing: Drawing): Promise<Buffer[]> {
  const pages: Buffer[] = [];
  for await (const page of drawing.svgPages()) {
    const parts: Uint8Array[] = [];
    for await (const part of page) parts.push(part);
    pages.push(Buffer.concat(parts));
  }
  return pages;
}

/** The decompressed streams of a PDF. */
export function contentsOf(file: Uint8Array): string[] {
  const text = Buffer.from(file).toString('latin1');
  return [...text.matchAll(/stream\n([^]*?)\nendstream/g)].map(([, packed]) => {
    try {
      return inflateSync(Buffer.from(packed!, 'latin1')).toString('latin1');
    } catch {
      return '';
    }
  });
}
