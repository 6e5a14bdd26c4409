import type { Page } from '../../../model/board/board';
import type { Picture } from '../../../model/domain/picture';
import type { ImageLibrary } from '../image-library';
import { paintPageInSteps, paintPaper } from '../page-painter';
import { startTag } from './markup';
import { SvgContext } from './svg-context';
import { SvgFonts } from './svg-fonts';
import { SvgOutput } from './svg-output';
import { SvgPictures } from './svg-pictures';

/** Bytes of an SVG that follow those before. */
export interface SvgPart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isLast: boolean;
}

export type SvgPicture = Extract<Picture, { format: 'svg' }>;

/** The pixel ratio of what an SVG cannot hold as vectors: images keep as many pixels as a picture of this ratio shows. */
const RASTER_RATIO = 2;

/** Draws each page as one SVG with paths, text, and the used part of its fonts. */
export class SvgWriter {
  constructor(
    private readonly picture: SvgPicture,
    private readonly images: ImageLibrary,
  ) {}

  /** Draws a page and yields its parts as they are complete. */
  async *write(page: Page): AsyncGenerator<SvgPart, void> {
    await this.images.prepare(page, { ratio: RASTER_RATIO, vector: false });
    const { width, height } = page.size;
    const fonts = new SvgFonts();
    const output: SvgOutput = new SvgOutput(
      fonts,
      new SvgPictures((markup) => {
        output.write(markup);
      }),
    );
    const context = new SvgContext(output, RASTER_RATIO);
    const root = startTag('svg', {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      'stroke-miterlimit': 10,
      'xml:space': 'preserve',
    });
    // Browsers show what is beyond the edges of an SVG that is a document of its own.
    output.write(
      `${root}><clipPath id="page"><path d="M0 0h${width}v${height}H0z"/></clipPath><g clip-path="url(#page)">`,
    );
    if (this.picture.background === 'white') paintPaper(context, page, page.size);
    const surface = { kind: 'svg', context, ratio: RASTER_RATIO } as const;
    const steps = paintPageInSteps(page, { surface, images: this.images.get });
    while (!steps.next().done) {
      if (output.isFull) yield { bytes: output.take(), isLast: false };
    }
    context.flush();
    output.write('</g>');
    // Only now it is known which characters are needed.
    let isFirst = true;
    for (const rules of fonts.styleSheet()) {
      output.write(isFirst ? `<style>${rules}` : rules);
      isFirst = false;
      if (output.isFull) yield { bytes: output.take(), isLast: false };
    }
    output.write(isFirst ? '</svg>\n' : '</style></svg>\n');
    yield { bytes: output.take(), isLast: true };
  }
}
