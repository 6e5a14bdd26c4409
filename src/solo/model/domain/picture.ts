import type { ExportOptions } from '../../../formats';
import type { Size } from '../board/board';

export const BOARD_FORMATS = ['png', 'pdf', 'svg', 'json'] as const;
export type BoardFormat = (typeof BOARD_FORMATS)[number];
/** The formats for which a board is drawn. */
export type DrawnFormat = Picture['format'];

export const BACKGROUNDS = ['white', 'transparent'] as const;
export const PAGE_SIZES = ['original', 'a4', 'letter', 'a3'] as const;
export const ORIENTATIONS = ['auto', 'portrait', 'landscape'] as const;

export const DEFAULT_PIXEL_RATIO = 2;
export const MIN_PIXEL_RATIO = 0.1;
export const MAX_PIXEL_RATIO = 4;

/** A picture of a board. */
export type Picture =
  | {
      readonly format: 'png';
      /** Counted from 1. Without it the picture has all pages. */
      readonly page?: number;
      /**
       * Device pixels for each page pixel, a frame in device pixels that each page is fitted into
       * and centred in, or the longest side in device pixels, which does not enlarge a page.
       */
      readonly scale: { readonly pixelRatio: number } | { readonly frame: Size } | { readonly maxSide: number };
      readonly background: (typeof BACKGROUNDS)[number];
    }
  | {
      readonly format: 'svg';
      /** As for PNG. */
      readonly page?: number;
      readonly background: (typeof BACKGROUNDS)[number];
    }
  | {
      readonly format: 'pdf';
      /** `original` is the size of the board page. */
      readonly pageSize: (typeof PAGE_SIZES)[number];
      readonly orientation: (typeof ORIENTATIONS)[number];
    };

/** The picture that the options of an export request; they were validated with the request. */
export function toPicture(format: DrawnFormat, options: ExportOptions): Picture {
  const { page, pixel_ratio: pixelRatio, background, page_size: pageSize, orientation } = options as PictureOptions;
  if (format === 'png') {
    return {
      format,
      page,
      scale: { pixelRatio: pixelRatio ?? DEFAULT_PIXEL_RATIO },
      background: background ?? 'white',
    };
  }
  if (format === 'svg') return { format, page, background: background ?? 'white' };
  return { format, pageSize: pageSize ?? 'original', orientation: orientation ?? 'auto' };
}

/** Whether a format is drawn, unlike JSON. */
export function isDrawnFormat(format: string): format is DrawnFormat {
  return format === 'png' || format === 'pdf' || format === 'svg';
}

/** The only page of a picture, counted from 1; `undefined` for all pages. */
export function selectedPage(picture: Picture): number | undefined {
  return picture.format === 'pdf' ? undefined : picture.page;
}

/** Device pixels for each pixel of a page. */
export function requestedPixelRatio({ scale }: Extract<Picture, { format: 'png' }>, page: Size): number {
  if ('pixelRatio' in scale) return scale.pixelRatio;
  if ('maxSide' in scale) return Math.min(1, scale.maxSide / page.width, scale.maxSide / page.height);
  return Math.min(scale.frame.width / page.width, scale.frame.height / page.height);
}

interface PictureOptions {
  readonly page?: number;
  readonly pixel_ratio?: number;
  readonly background?: (typeof BACKGROUNDS)[number];
  readonly page_size?: (typeof PAGE_SIZES)[number];
  readonly orientation?: (typeof ORIENTATIONS)[number];
}
