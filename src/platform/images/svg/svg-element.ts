import type { Declarations } from './style';

/** An element of an SVG document as far as the cost of drawing it depends on it. */
export interface SvgElement {
  readonly name: string;
  readonly id: string | undefined;
  readonly classes: readonly string[];
  readonly attributes: ReadonlyMap<string, string>;
  /** Of its `style` attribute. */
  readonly style: Declarations;
  readonly children: SvgElement[];
  /** What it draws by itself, in units of about a microsecond. */
  work: number;
}
