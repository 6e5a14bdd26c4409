import type { Points } from './points';

/**
 * A board that is ready to draw: every value is in range, and all generations of the format have
 * the same shape.
 */
export interface Board {
  readonly generation: Generation;
  /** Has at least one page. */
  readonly pages: readonly Page[];
}

/** The front end that wrote the board. */
export type Generation = 'solo' | 'classroom' | 'winterboard';

/** The size of a page that names none. */
export const defaultPageSizes: Readonly<Record<Generation, Size>> = {
  solo: { width: 920, height: 1200 },
  classroom: { width: 920, height: 1200 },
  winterboard: { width: 1920, height: 1080 },
};

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Lengths are CSS pixels and y grows downwards. The page clips what is drawn outside it. */
export interface Page {
  readonly size: Size;
  readonly background: Background;
  /** From bottom to top. All assets are below the strokes. */
  readonly assets: readonly Asset[];
  /** A separate layer: erasers and multiplied highlighters affect earlier strokes only. */
  readonly strokes: readonly BoardElement[];
  readonly shapes: readonly BoardElement[];
  readonly texts: readonly BoardElement[];
}

export interface Background {
  readonly colour: string;
  readonly pattern: Pattern | null;
  /** The address of an image that is stretched over the page. */
  readonly image: string | null;
}

export interface Pattern {
  readonly kind: 'grid' | 'ruled' | 'dots' | 'graph';
  readonly step: number;
  readonly colour: string;
  readonly lineWidth: number;
  /** Whether a line on the edge of the page is drawn. */
  readonly reachesEdge: boolean;
}

export type Asset = ImageAsset | DocumentCard | StickyNote;

/** The position of an asset. The rotation is clockwise, in degrees. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly rotation: number;
  readonly pivot: 'centre' | 'top-left';
}

export interface ImageAsset extends Placement {
  readonly kind: 'image';
  readonly source: string;
  /** `null` means the size of the image file. */
  readonly width: number | null;
  readonly height: number | null;
  readonly fit: 'contain' | 'stretch';
  readonly opacity: number;
}

/** A placeholder for an attached document, which is not drawn itself. */
export interface DocumentCard extends Placement, Size {
  readonly kind: 'document';
  readonly opacity: number;
}

export interface StickyNote extends Size {
  readonly kind: 'sticky';
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly fontSize: number;
  readonly colour: string;
  readonly textColour: string;
  readonly opacity: number;
}

/** An element of a page's strokes, shapes or texts. */
export type BoardElement = Freehand | Eraser | Line | Arrow | Rectangle | Ellipse | Text | Note;

/** How a freehand stroke's points become an outline. */
export interface FreehandOptions {
  readonly size: number;
  /** Derives the pressure from the speed instead of reading it from the points. */
  readonly simulatePressure: boolean;
  /** Joins the points by a spline first. */
  readonly spline: boolean;
  /** Joins the middles of the outline's edges by curves. */
  readonly roundedOutline: boolean;
}

/** A pen or highlighter stroke. */
export interface Freehand {
  readonly kind: 'freehand';
  readonly points: Points;
  readonly options: FreehandOptions;
  readonly colour: string;
  readonly opacity: number;
  readonly multiply: boolean;
}

export interface Eraser {
  readonly kind: 'eraser';
  readonly points: Points;
  readonly options: FreehandOptions;
}

interface Coloured {
  readonly colour: string;
  readonly opacity: number;
}

interface Stroked extends Coloured {
  readonly lineWidth: number;
}

export interface Segment {
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
}

export interface Line extends Stroked, Segment {
  readonly kind: 'line';
}

export interface Arrow extends Stroked, Segment {
  readonly kind: 'arrow';
  readonly headAtStart: boolean;
  readonly headAtEnd: boolean;
  readonly headLength: number;
}

export interface Rectangle extends Stroked, Size {
  readonly kind: 'rectangle';
  readonly x: number;
  readonly y: number;
}

export interface Ellipse extends Stroked {
  readonly kind: 'ellipse';
  readonly x: number;
  readonly y: number;
  readonly radiusX: number;
  readonly radiusY: number;
}

export type Typeface = 'arial' | 'system';

/** Text with its top left corner at `x`, `y`. */
export interface Text extends Coloured {
  readonly kind: 'text';
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly typeface: Typeface;
  readonly fontSize: number;
  /** `null` means that lines do not wrap. */
  readonly wrapWidth: number | null;
}

/** Text in a yellow box. A size of `null` fits the text. */
export interface Note {
  readonly kind: 'note';
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly fontSize: number;
  readonly colour: string;
  readonly width: number | null;
  readonly height: number | null;
}

/** Bounds of what is drawn. Values beyond them are clamped, except where an error is named. */
export const limits = {
  /**
   * A board with more pages is refused when it is saved; one that was saved earlier is not drawn.
   */
  pages: 500,
  /** A board with more points throws BoardTooLargeError. */
  points: 5_000_000,
  /** Points with a larger absolute coordinate are dropped. */
  coordinate: 1e7,
  pageSide: 4096,
  lineWidth: 500,
  fontSize: 500,
  /** UTF-16 units of one text. */
  textLength: 20_000,
  /** UTF-16 units of a sticky note, as in its editor. */
  stickyNoteLength: 500,
  /** Characters of an image address. Embedded files have some megabytes. */
  sourceLength: 40_000_000,
  minPatternStep: 4,
  /** A canvas takes four bytes a pixel, and a page may need two canvases. */
  canvasPixels: 8192 * 8192,
  /**
   * In a PDF, erasers are cut out of the strokes of a page as vectors up to these numbers. Beyond
   * them the strokes become an image.
   */
  cuts: { erasers: 1000, crossings: 100_000, vertices: 100_000 },
  /**
   * In an SVG, erasers mask strokes up to this number of erasers in all masks. Beyond it the strokes
   * become an image.
   */
  masks: 5000,
} as const;
