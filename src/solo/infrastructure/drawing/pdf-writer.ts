import { PDFDocument, type SKRSContext2D } from '@napi-rs/canvas';
import type { Page, Size } from '../../model/board/board';
import type { Picture } from '../../model/domain/picture';
import type { ImageLibrary } from './image-library';
import { paintPage, paintPaper } from './page-painter';

/**
 * A CSS pixel is 1/96 inch and a PDF point 1/72: a page that was imported from A4 becomes A4 again.
 */
const POINTS_PER_PIXEL = 72 / 96;
/** The resolution of what PDF cannot hold as vectors, such as shadows. */
const RASTER_DPI = 192;
/** With the default level, compression is half of the time of a PDF. */
const COMPRESSION_LEVEL = 1;
/** The pixel ratio of SVG images, which become pixels in a PDF. */
const IMAGE_RATIO = 2;

type Paper = Extract<Picture, { format: 'pdf' }>;

/** Paper sizes in points, in portrait orientation. */
const PAPER: Readonly<Record<Exclude<Paper['pageSize'], 'original'>, Size>> = {
  a4: { width: 595, height: 842 },
  letter: { width: 612, height: 792 },
  a3: { width: 842, height: 1191 },
};

/** Draws pages into one PDF with paths, searchable text and embedded fonts. */
export class PdfWriter {
  private readonly document = new PDFDocument({
    creator: 'Export Service',
    rasterDPI: RASTER_DPI,
    compressionLevel: COMPRESSION_LEVEL,
  });

  constructor(
    private readonly paper: Paper,
    private readonly images: ImageLibrary,
  ) {}

  /** Adds a page, scaled to fit the paper and centred. */
  async add(page: Page): Promise<void> {
    const sheet = fitSheet(page.size, this.paper);
    const scale = Math.min(sheet.width / page.size.width, sheet.height / page.size.height);
    await this.images.prepare(page, { ratio: IMAGE_RATIO, vector: true });
    const context = this.document.beginPage(sheet.width, sheet.height) as SKRSContext2D;
    context.translate((sheet.width - page.size.width * scale) / 2, (sheet.height - page.size.height * scale) / 2);
    context.scale(scale, scale);
    context.beginPath();
    context.rect(0, 0, page.size.width, page.size.height);
    context.clip();
    paintPaper(context, page, page.size);
    paintPage(page, { surface: { kind: 'pdf', context, ratio: scale }, images: this.images.get });
    this.document.endPage();
  }

  close(): Uint8Array {
    return this.document.close();
  }
}

/** The sheet for a page in whole points, in the requested orientation or in that of the page. */
function fitSheet(page: Size, { pageSize, orientation }: Paper): Size {
  const original = { width: page.width * POINTS_PER_PIXEL, height: page.height * POINTS_PER_PIXEL };
  const { width, height } = pageSize === 'original' ? original : PAPER[pageSize];
  // Skia truncates the size of a page to whole points.
  const whole = (side: number) => Math.max(1, Math.round(side));
  const [short, long] = [whole(Math.min(width, height)), whole(Math.max(width, height))];
  const isLandscape = orientation === 'auto' ? page.width > page.height : orientation === 'landscape';
  return isLandscape ? { width: long, height: short } : { width: short, height: long };
}
