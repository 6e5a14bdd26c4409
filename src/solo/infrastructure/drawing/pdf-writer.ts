import { PDFDocument, type SKRSContext2D } from '@napi-rs/canvas';
import type { Page, Size } from '../../model/board/board';
import type { Picture } from '../../model/domain/picture';
import type { ImageLibrary } from './image-library';
import { paintPage, paintPaper } from './page-painter';

/** A CSS pixel is 1/96 inch, a PDF point 1/72: a page imported from an A4 document comes out as A4 again. */
const POINTS_PER_PIXEL = 72 / 96;
/** What cannot be drawn as vectors, such as a shadow, becomes pixels of this density. */
const RASTER_DPI = 192;
/** How finely a vector image is rendered that a PDF can only hold as pixels. */
const IMAGE_RATIO = 2;

type Paper = Extract<Picture, { format: 'pdf' }>;

/** Paper in points, upright. */
const PAPER: Readonly<Record<Exclude<Paper['pageSize'], 'original'>, Size>> = {
  a4: { width: 595, height: 842 },
  letter: { width: 612, height: 792 },
  a3: { width: 842, height: 1191 },
};

/** Paints pages into one PDF: paths, text that can be selected and searched, embedded fonts. */
export class PdfWriter {
  private readonly document = new PDFDocument({ creator: 'Export Service', rasterDPI: RASTER_DPI });

  constructor(
    private readonly paper: Paper,
    private readonly images: ImageLibrary,
  ) {}

  /** Adds a page, fitted into the paper and centred, not distorted. */
  async add(page: Page): Promise<void> {
    const sheet = sheetOf(page.size, this.paper);
    const scale = Math.min(sheet.width / page.size.width, sheet.height / page.size.height);
    await this.images.prepare(page, { ratio: IMAGE_RATIO, vector: true });
    // A PDF page lacks nothing that is used here: it has no canvas of its own, and needs none.
    const context = this.document.beginPage(sheet.width, sheet.height) as SKRSContext2D;
    context.translate((sheet.width - page.size.width * scale) / 2, (sheet.height - page.size.height * scale) / 2);
    context.scale(scale, scale);
    context.beginPath();
    context.rect(0, 0, page.size.width, page.size.height);
    context.clip();
    paintPaper(context, page, page.size);
    paintPage(page, { surface: { context, vector: true, ratio: scale }, images: this.images.get });
    this.document.endPage();
  }

  /** Ends the document. */
  close(): Uint8Array {
    return this.document.close();
  }
}

/** The sheet for a page, in whole points: turned as the page is, or as the orientation demands. */
function sheetOf(page: Size, { pageSize, orientation }: Paper): Size {
  const own = { width: page.width * POINTS_PER_PIXEL, height: page.height * POINTS_PER_PIXEL };
  const { width, height } = pageSize === 'original' ? own : PAPER[pageSize];
  // Skia cuts a page's size to whole points.
  const whole = (side: number) => Math.max(1, Math.round(side));
  const [short, long] = [whole(Math.min(width, height)), whole(Math.max(width, height))];
  const landscape = orientation === 'auto' ? page.width > page.height : orientation === 'landscape';
  return landscape ? { width: long, height: short } : { width: short, height: long };
}
