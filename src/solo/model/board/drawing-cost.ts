import { type Asset, type BoardElement, type Eraser, limits, type Page, type Pattern, type Size } from './board';
import { measureOutline } from './outline-size';

/**
 * The estimated time to draw a board, in seconds of a typical core. A PNG at the pixel ratio r
 * takes `base + r · perRatio + r² · perArea`: outlines are computed once, filled by scan lines, and
 * pixels are composed and encoded.
 */
export interface DrawingCost {
  readonly base: number;
  readonly perRatio: number;
  readonly perArea: number;
  readonly pdf: number;
}

/**
 * The version of the numbers and rules below. Increment it with every change: it invalidates stored
 * costs.
 */
export const COST_MODEL = 1;

/** Nanoseconds, measured on a core of 2024. */
const NS = {
  page: 1e6,
  /** To fill, copy and encode it. */
  pixel: 7,
  /** To compose the strokes layer. */
  layerPixel: 2.5,
  element: 25_000,
  vertex: 1_000,
  pdfVertex: 1_000,
  /** To fill along one pixel of an edge. */
  edge: 20,
  crossing: 2.5,
  coveredPixel: 0.6,
  dot: 3_000,
  pdfDot: 4_000,
  patternLine: 20_000,
  character: 15_000,
  /** A character of a script with thousands of glyphs, which the glyph cache does not help. */
  rareCharacter: 45_000,
  glyphPixel: 0.2,
  shadowPixel: 5.5,
  pdfShadowPixel: 3.5,
  image: 3e6,
  imagePixel: 4,
  /** To cut eraser outlines out of strokes in a PDF. */
  cutCrossing: 3_500,
  cutVertex: 300,
} as const;

/** From this code unit on, scripts have thousands of glyphs. */
const FIRST_RARE_CHARACTER = 0x2e80;

/** Accumulates a cost in nanoseconds. */
class CostAccumulator {
  base = 0;
  perRatio = 0;
  perArea = 0;
  pdf = 0;

  /** Adds what every format takes. */
  addToAll(nanoseconds: number): void {
    this.base += nanoseconds;
    this.pdf += nanoseconds;
  }

  add({ base, perRatio, perArea, pdf }: CostAccumulator): void {
    this.base += base;
    this.perRatio += perRatio;
    this.perArea += perArea;
    this.pdf += pdf;
  }

  get inSeconds(): DrawingCost {
    const seconds = (nanoseconds: number) => nanoseconds / 1e9;
    return {
      base: seconds(this.base),
      perRatio: seconds(this.perRatio),
      perArea: seconds(this.perArea),
      pdf: seconds(this.pdf),
    };
  }
}

/** The cost of several pages. */
export function sumCosts(costs: readonly DrawingCost[]): DrawingCost {
  const sum = (part: keyof DrawingCost) => costs.reduce((total, cost) => total + cost[part], 0);
  return { base: sum('base'), perRatio: sum('perRatio'), perArea: sum('perArea'), pdf: sum('pdf') };
}

export function estimatePageCost(page: Page): DrawingCost {
  const cost = new CostAccumulator();
  const { size, background, strokes } = page;
  const area = size.width * size.height;
  cost.addToAll(NS.page);
  cost.perArea += area * NS.pixel;
  if (background.image !== null) addImage(cost, area);
  if (background.pattern !== null) addPattern(cost, background.pattern, size);
  for (const asset of page.assets) addAsset(cost, asset, size);
  addStrokes(cost, strokes, size);
  for (const element of [...page.shapes, ...page.texts]) addElement(cost, element, size);
  return cost.inSeconds;
}

/**
 * The pixel ratio that a page is drawn at: the requested one, or the largest that its canvas has
 * room for.
 */
export function capPixelRatio(size: Size, requested: number): number {
  const max = Math.sqrt(limits.canvasPixels / (size.width * size.height));
  return requested <= max ? requested : Math.floor(max * 100) / 100;
}

function addPattern(cost: CostAccumulator, { kind, step }: Pattern, { width, height }: Size): void {
  const [columns, rows] = [width / step, height / step];
  if (kind === 'dots') {
    cost.base += columns * rows * NS.dot;
    cost.pdf += columns * rows * NS.pdfDot;
  } else {
    const divisions = kind === 'graph' ? 4 : 1;
    cost.addToAll(divisions * (columns + rows) * NS.patternLine);
  }
}

function addAsset(cost: CostAccumulator, asset: Asset, page: Size): void {
  switch (asset.kind) {
    case 'image': {
      const side = (length: number | null, max: number) => Math.min(max, Math.abs(length ?? max));
      addImage(cost, side(asset.width, page.width) * side(asset.height, page.height));
      break;
    }
    case 'sticky': {
      const area = asset.width * asset.height;
      cost.perArea += area * NS.shadowPixel;
      cost.pdf += area * NS.pdfShadowPixel;
      addText(cost, asset.text, asset.fontSize);
      break;
    }
    case 'document':
      cost.addToAll(10 * NS.element);
      break;
  }
}

/** Without decoding, which has a separate limit. */
function addImage(cost: CostAccumulator, area: number): void {
  cost.addToAll(NS.image);
  cost.perArea += area * NS.imagePixel;
}

function addStrokes(cost: CostAccumulator, strokes: readonly BoardElement[], size: Size): void {
  const layer = new CostAccumulator();
  for (const element of strokes) addElement(layer, element, size);
  const erasers = strokes.filter((element) => element.kind === 'eraser');
  if (erasers.length > 0 || strokes.some((element) => element.kind === 'freehand' && element.multiply)) {
    layer.perArea += size.width * size.height * NS.layerPixel;
  }
  if (erasers.length > 0) layer.pdf += cuttingCost(layer, erasers, strokes.length, size);
  cost.add(layer);
}

/** In a PDF, strokes are cut by erasers, or all of them become an image at the pixel ratio 2. */
function cuttingCost(layer: CostAccumulator, erasers: readonly Eraser[], elements: number, size: Size): number {
  let [crossings, vertices] = [0, 0];
  for (const { points, options } of erasers) {
    const outline = measureOutline(points, options, size);
    crossings += outline.crossings;
    vertices += outline.vertices * elements;
  }
  const isSimple = crossings <= limits.cuts.crossings && vertices <= limits.cuts.vertices;
  const cut =
    Math.min(crossings, limits.cuts.crossings) * NS.cutCrossing +
    Math.min(vertices, limits.cuts.vertices) * NS.cutVertex;
  if (isSimple) return cut;
  return Math.max(cut, 2 * layer.perRatio + 4 * (layer.perArea + size.width * size.height * NS.pixel));
}

function addElement(cost: CostAccumulator, element: BoardElement, page: Size): void {
  cost.addToAll(NS.element);
  switch (element.kind) {
    case 'freehand':
    case 'eraser': {
      const outline = measureOutline(element.points, element.options, page);
      cost.base += outline.vertices * NS.vertex;
      cost.pdf += outline.vertices * NS.pdfVertex;
      addFilling(cost, outline.length, outline.area, outline.crossings);
      break;
    }
    case 'text':
    case 'note':
      addText(cost, element.text, element.fontSize);
      break;
    case 'line':
    case 'arrow':
    case 'rectangle':
    case 'ellipse': {
      const length = 2 * (shapeExtent(element, page).width + shapeExtent(element, page).height);
      const area = Math.min(page.width * page.height, length * element.lineWidth);
      if (element.kind === 'arrow') cost.addToAll(2 * NS.element);
      if (element.kind === 'ellipse') cost.addToAll(4 * NS.element);
      addFilling(cost, 2 * length, area, 0);
    }
  }
}

/** The size of a shape as far as it can be on the page. */
function shapeExtent(shape: Extract<BoardElement, { lineWidth: number }>, page: Size): Size {
  const side = (length: number, max: number) => Math.min(Math.abs(length), max);
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

function addFilling(cost: CostAccumulator, length: number, area: number, crossings: number): void {
  cost.perRatio += length * NS.edge + crossings * NS.crossing;
  cost.perArea += area * NS.coveredPixel;
}

function addText(cost: CostAccumulator, text: string, fontSize: number): void {
  let rare = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) >= FIRST_RARE_CHARACTER) rare += 1;
  }
  cost.addToAll((text.length - rare) * NS.character + rare * NS.rareCharacter);
  cost.perArea += text.length * fontSize * fontSize * NS.glyphPixel;
}
