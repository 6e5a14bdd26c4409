/** A board made ready to draw: every value is in range, every colour valid, every generation told in the same terms. */
export interface Board {
  readonly generation: Generation;
  /** Never empty. */
  readonly pages: readonly Page[];
}

export type Generation = 'solo' | 'classroom' | 'winterboard';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Lengths are CSS pixels, y grows downwards; whatever lies outside the page is cut off. */
export interface Page {
  readonly size: Size;
  readonly background: Background;
  /** From bottom to top, below all strokes. */
  readonly assets: readonly Asset[];
  /** One layer of its own: an eraser or a multiplying highlighter acts on earlier strokes only. */
  readonly strokes: readonly Mark[];
  readonly shapes: readonly Mark[];
  readonly texts: readonly Mark[];
}

export interface Background {
  readonly colour: string;
  readonly pattern: Pattern | null;
  /** Address of an image that is stretched over the page. */
  readonly image: string | null;
}

export interface Pattern {
  readonly kind: 'grid' | 'ruled' | 'dots' | 'graph';
  readonly step: number;
  readonly colour: string;
  readonly lineWidth: number;
  /** Whether a line that falls on the page's edge is drawn. */
  readonly reachesEdge: boolean;
}

export type Asset = ImageAsset | DocumentCard | Sticky;

/** Where an asset lies; the rotation is clockwise, in degrees. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly rotation: number;
  readonly pivot: 'centre' | 'corner';
}

export interface ImageAsset extends Placement {
  readonly kind: 'image';
  readonly source: string;
  /** `null` takes the image's own size. */
  readonly width: number | null;
  readonly height: number | null;
  readonly fit: 'contain' | 'stretch';
  readonly opacity: number;
}

/** Stands for an attached document, which is not drawn itself. */
export interface DocumentCard extends Placement, Size {
  readonly kind: 'document';
  readonly opacity: number;
}

export interface Sticky extends Size {
  readonly kind: 'sticky';
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly fontSize: number;
  readonly colour: string;
  readonly textColour: string;
  readonly opacity: number;
}

export type Mark = Ink | Eraser | Line | Arrow | Rectangle | Ellipse | Writing | Note;

/** `[x, y]` or `[x, y, pressure]`, pressure 0..1. */
export type Point = [number, number] | [number, number, number];

/** How points become an outline. */
export interface Stroking {
  readonly size: number;
  /** Pressure guessed from speed instead of read from the points. */
  readonly simulatePressure: boolean;
  /** Points are joined by a spline first. */
  readonly spline: boolean;
  /** The outline is rounded by curves through the middles of its edges. */
  readonly roundedOutline: boolean;
}

export interface Ink {
  readonly kind: 'ink';
  readonly points: readonly Point[];
  readonly stroking: Stroking;
  readonly colour: string;
  readonly opacity: number;
  readonly multiply: boolean;
}

export interface Eraser {
  readonly kind: 'eraser';
  readonly points: readonly Point[];
  readonly stroking: Stroking;
}

interface Drawn {
  readonly colour: string;
  readonly opacity: number;
}

interface Outlined extends Drawn {
  readonly lineWidth: number;
}

export interface Span {
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
}

export interface Line extends Outlined, Span {
  readonly kind: 'line';
}

export interface Arrow extends Outlined, Span {
  readonly kind: 'arrow';
  readonly headAtStart: boolean;
  readonly headAtEnd: boolean;
  readonly headLength: number;
}

export interface Rectangle extends Outlined, Size {
  readonly kind: 'rectangle';
  readonly x: number;
  readonly y: number;
}

export interface Ellipse extends Outlined {
  readonly kind: 'ellipse';
  readonly x: number;
  readonly y: number;
  readonly radiusX: number;
  readonly radiusY: number;
}

export type Typeface = 'arial' | 'system';

/** Text whose top left corner is at `x`, `y`. */
export interface Writing extends Drawn {
  readonly kind: 'writing';
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly typeface: Typeface;
  readonly fontSize: number;
  /** `null` never wraps. */
  readonly wrapWidth: number | null;
}

/** Text in a yellow box; `null` sizes follow the text. */
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
