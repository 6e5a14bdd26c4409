import type { Asset, Eraser, Mark, Page, Pattern, Size } from './board';
import { limits } from './limits';
import { outlineSize } from './outline-size';

/**
 * How long a board takes to draw, in seconds of a typical core. A PNG at the pixel ratio r takes
 * `base + r · perRatio + r² · perArea`: outlines are traced once, filled line by line, and pixels are laid and encoded.
 */
export interface DrawingCost {
  readonly base: number;
  readonly perRatio: number;
  readonly perArea: number;
  readonly pdf: number;
}

/** Costs that were kept are of no use when it changes: count it up with every change of the numbers or rules below. */
export const COST_MODEL = 1;

/** Nanoseconds, as measured on a core of 2024. */
const NS = {
  page: 1e6,
  /** Laid, copied and encoded. */
  pixel: 7,
  /** A layer of its own is laid over the page. */
  layerPixel: 2.5,
  mark: 25_000,
  vertex: 1_000,
  pdfVertex: 1_000,
  /** One pixel of an edge, while it is filled. */
  edge: 20,
  crossing: 2.5,
  coveredPixel: 0.6,
  dot: 3_000,
  pdfDot: 4_000,
  patternLine: 20_000,
  character: 15_000,
  /** A letter of a script whose letters are many: each has to be found and traced. */
  rareCharacter: 45_000,
  glyphPixel: 0.2,
  shadowPixel: 5.5,
  pdfShadowPixel: 3.5,
  image: 3e6,
  imagePixel: 4,
  /** Where outlines are cut out of others in a PDF. */
  cutCrossing: 3_500,
  cutVertex: 300,
} as const;

/** From here on, scripts have thousands of letters. */
const RARE_LETTERS = 0x2e80;

/** A cost that is added up, in nanoseconds. */
class Tally {
  base = 0;
  perRatio = 0;
  perArea = 0;
  pdf = 0;

  /** What every format takes. */
  both(nanoseconds: number): void {
    this.base += nanoseconds;
    this.pdf += nanoseconds;
  }

  add({ base, perRatio, perArea, pdf }: Tally): void {
    this.base += base;
    this.perRatio += perRatio;
    this.perArea += perArea;
    this.pdf += pdf;
  }

  get cost(): DrawingCost {
    const seconds = (nanoseconds: number) => nanoseconds / 1e9;
    return {
      base: seconds(this.base),
      perRatio: seconds(this.perRatio),
      perArea: seconds(this.perArea),
      pdf: seconds(this.pdf),
    };
  }
}

/** What pages take together. */
export function sumOfCosts(costs: readonly DrawingCost[]): DrawingCost {
  const sum = (part: keyof DrawingCost) => costs.reduce((total, cost) => total + cost[part], 0);
  return { base: sum('base'), perRatio: sum('perRatio'), perArea: sum('perArea'), pdf: sum('pdf') };
}

/** What one page takes. */
export function costOfPage(page: Page): DrawingCost {
  const tally = new Tally();
  const { size, background, strokes } = page;
  const area = size.width * size.height;
  tally.both(NS.page);
  tally.perArea += area * NS.pixel;
  if (background.image !== null) addImage(tally, area);
  if (background.pattern !== null) addPattern(tally, background.pattern, size);
  for (const asset of page.assets) addAsset(tally, asset, size);
  addStrokes(tally, strokes, size);
  for (const mark of [...page.shapes, ...page.texts]) addMark(tally, mark, size);
  return tally.cost;
}

/**
 * The pixel ratio that a page is drawn at: the largest that its canvas has room for.
 * @param wanted pixels for one unit of the page
 */
export function possiblePixelRatio(size: Size, wanted: number): number {
  const most = Math.sqrt(limits.canvasPixels / (size.width * size.height));
  return wanted <= most ? wanted : Math.floor(most * 100) / 100;
}

function addPattern(tally: Tally, { kind, step }: Pattern, { width, height }: Size): void {
  const [columns, rows] = [width / step, height / step];
  if (kind === 'dots') {
    tally.base += columns * rows * NS.dot;
    tally.pdf += columns * rows * NS.pdfDot;
  } else {
    const finer = kind === 'graph' ? 4 : 1;
    tally.both(finer * (columns + rows) * NS.patternLine);
  }
}

function addAsset(tally: Tally, asset: Asset, page: Size): void {
  switch (asset.kind) {
    case 'image': {
      const side = (length: number | null, most: number) => Math.min(most, Math.abs(length ?? most));
      addImage(tally, side(asset.width, page.width) * side(asset.height, page.height));
      break;
    }
    case 'sticky': {
      const area = asset.width * asset.height;
      tally.perArea += area * NS.shadowPixel;
      tally.pdf += area * NS.pdfShadowPixel;
      addText(tally, asset.text, asset.fontSize);
      break;
    }
    case 'document':
      tally.both(10 * NS.mark);
      break;
  }
}

/** Without its decoding, which has a limit of its own. */
function addImage(tally: Tally, area: number): void {
  tally.both(NS.image);
  tally.perArea += area * NS.imagePixel;
}

function addStrokes(tally: Tally, strokes: readonly Mark[], size: Size): void {
  const layer = new Tally();
  for (const mark of strokes) addMark(layer, mark, size);
  const erasers = strokes.filter((mark) => mark.kind === 'eraser');
  if (erasers.length > 0 || strokes.some((mark) => mark.kind === 'ink' && mark.multiply)) {
    layer.perArea += size.width * size.height * NS.layerPixel;
  }
  if (erasers.length > 0) layer.pdf += cuttingCost(layer, erasers, strokes.length, size);
  tally.add(layer);
}

/** Either strokes are cut by erasers, or all of them become an image at the pixel ratio 2. */
function cuttingCost(layer: Tally, erasers: readonly Eraser[], marks: number, size: Size): number {
  let [crossings, vertices] = [0, 0];
  for (const { points, stroking } of erasers) {
    const outline = outlineSize(points, stroking, size);
    crossings += outline.crossings;
    vertices += outline.vertices * marks;
  }
  const isSimple = crossings <= limits.cuts.crossings && vertices <= limits.cuts.vertices;
  const cut =
    Math.min(crossings, limits.cuts.crossings) * NS.cutCrossing +
    Math.min(vertices, limits.cuts.vertices) * NS.cutVertex;
  if (isSimple) return cut;
  return Math.max(cut, 2 * layer.perRatio + 4 * (layer.perArea + size.width * size.height * NS.pixel));
}

function addMark(tally: Tally, mark: Mark, page: Size): void {
  tally.both(NS.mark);
  switch (mark.kind) {
    case 'ink':
    case 'eraser': {
      const outline = outlineSize(mark.points, mark.stroking, page);
      tally.base += outline.vertices * NS.vertex;
      tally.pdf += outline.vertices * NS.pdfVertex;
      addFilling(tally, outline.length, outline.area, outline.crossings);
      break;
    }
    case 'writing':
    case 'note':
      addText(tally, mark.text, mark.fontSize);
      break;
    case 'line':
    case 'arrow':
    case 'rectangle':
    case 'ellipse': {
      // No side of a shape is longer on the page than the page's own.
      const length = 2 * (shapeExtent(mark, page).width + shapeExtent(mark, page).height);
      const area = Math.min(page.width * page.height, length * mark.lineWidth);
      if (mark.kind === 'arrow') tally.both(2 * NS.mark);
      if (mark.kind === 'ellipse') tally.both(4 * NS.mark);
      addFilling(tally, 2 * length, area, 0);
    }
  }
}

function shapeExtent(shape: Extract<Mark, { lineWidth: number }>, page: Size): Size {
  const side = (length: number, most: number) => Math.min(Math.abs(length), most);
  switch (shape.kind) {
    case 'line':
    case 'arrow':
      return { width: side(shape.toX - shape.fromX, page.width), height: side(shape.toY - shape.fromY, page.height) };
    case 'rectangle':
      return { width: side(shape.width, page.width), height: side(shape.height, page.height) };
    case 'ellipse':
      return { width: side(2 * shape.radiusX, page.width), height: side(2 * shape.radiusY, page.height) };
  }
}

function addFilling(tally: Tally, length: number, area: number, crossings: number): void {
  tally.perRatio += length * NS.edge + crossings * NS.crossing;
  tally.perArea += area * NS.coveredPixel;
}

function addText(tally: Tally, text: string, fontSize: number): void {
  let rare = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) >= RARE_LETTERS) rare += 1;
  }
  tally.both((text.length - rare) * NS.character + rare * NS.rareCharacter);
  tally.perArea += text.length * fontSize * fontSize * NS.glyphPixel;
}
