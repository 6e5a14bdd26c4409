import { ImageRefusedError } from '../image-protocol';
import { measureShape } from './outline';
import { type Declarations, findReferences, type StyleRule } from './sanitizer';

/** An element of an SVG document with what its drawing cost depends on. */
export interface SvgElement {
  readonly name: string;
  readonly id: string | undefined;
  readonly classes: readonly string[];
  readonly attributes: ReadonlyMap<string, string>;
  /** The declarations of its `style` attribute. */
  readonly style: Declarations;
  readonly children: SvgElement[];
  /** The cost of its own content, in units of about a microsecond. */
  work: number;
}

/** The cost of drawing a document in which every reference is drawn. */
export interface SvgCost {
  /** In units of about a microsecond, independent of the size of the picture. */
  readonly work: number;
  /** The number of separate layers, each of which costs time for all pixels. */
  readonly layers: number;
  /** The maximum number of layers in memory at once. */
  readonly depth: number;
}

/** The sums of a subtree, by which the effects of inherited properties are multiplied. */
interface Sums extends SvgCost {
  readonly shapes: number;
  readonly vertices: number;
  /** The length of outlines whose dashes an ancestor may set. */
  readonly length: number;
}

const NOTHING: Sums = { work: 0, layers: 0, depth: 0, shapes: 0, vertices: 0, length: 0 };
const SHAPE_WORK = 5;
const MASK_LAYERS = 3;
/** The cost of a filter primitive, in layers. */
const FILTER_LAYERS = 5;
/** The maximum length of a chain of references. */
const MAX_NESTING = 500;
/** Elements that are drawn only where they are referred to. */
const DEFINITIONS: ReadonlySet<string> = new Set(
  'defs symbol clipPath mask marker pattern filter linearGradient radialGradient style'.split(' '),
);

/** The value of a property in a style sheet. */
interface RuledValue {
  readonly value: string;
  /** The names in the last part of each selector. An element without one of them does not match. */
  readonly keys: readonly (readonly string[])[];
}

/** Sums up the cost of a document. It follows references, and refuses cycles. */
export class SvgCosts {
  private readonly known = new Map<SvgElement, Sums>();
  private readonly open = new Set<SvgElement>();
  private readonly ruled = new Map<string, RuledValue[]>();

  constructor(
    private readonly byId: ReadonlyMap<string, readonly SvgElement[]>,
    rules: readonly StyleRule[],
  ) {
    for (const { selectors, declarations } of rules) {
      const keys = selectors.split(',').map(requiredNames);
      for (const [property, value] of declarations) {
        this.ruled.set(property, [...(this.ruled.get(property) ?? []), { value, keys }]);
      }
    }
  }

  /** @throws ImageRefusedError when the document refers to itself, or is nested too deep */
  of(root: SvgElement): SvgCost {
    return this.sums(root);
  }

  private sums(element: SvgElement): Sums {
    const known = this.known.get(element);
    if (known !== undefined) return known;
    if (this.open.has(element)) throw new ImageRefusedError('the SVG file refers to itself');
    if (this.open.size > MAX_NESTING) throw new ImageRefusedError('the SVG file is nested too deep');
    this.open.add(element);
    const sums = this.withStyle(element, this.content(element));
    this.open.delete(element);
    this.known.set(element, sums);
    return sums;
  }

  /** The sums of an element's own content and of its children. */
  private content(element: SvgElement): Sums {
    const { segments, length } = measureShape(element.name, element.attributes);
    const isShape = segments > 0 || element.name === 'text';
    const work = element.work + segments + (isShape ? SHAPE_WORK : 0);
    const own = { work, shapes: isShape ? 1 : 0, layers: filterLayers(element) };
    const drawn = element.children.filter(({ name }) => !DEFINITIONS.has(name)).map((child) => this.sums(child));
    const href = element.attributes.get('href');
    const referred = href?.startsWith('#') ? this.targets(href.slice(1)) : [];
    return [...drawn, ...referred].reduce(added, { ...NOTHING, ...own, vertices: segments + 1, length });
  }

  /** Adds the effects of an element's properties on its content. */
  private withStyle(element: SvgElement, content: Sums): Sums {
    let sums = this.dashed(element, content);
    for (const [properties, times] of [
      [['fill', 'stroke'], sums.shapes],
      [['marker', 'marker-start', 'marker-mid', 'marker-end'], sums.vertices],
    ] as const) {
      for (const target of properties.flatMap((property) => this.referred(element, property))) {
        // Paint servers add no shapes.
        sums = { ...added(sums, repeated(target, times)), shapes: sums.shapes, vertices: sums.vertices };
      }
    }
    for (const property of ['mask', 'clip-path', 'filter']) {
      for (const target of this.referred(element, property)) sums = apart(sums, target);
    }
    if (this.values(element, 'filter').some((value) => /^[a-z-]+\(/i.test(value))) sums = apart(sums, NOTHING);
    const isFaint = this.values(element, 'opacity').some((value) => Number.parseFloat(value) !== 1);
    const isBlended = this.values(element, 'mix-blend-mode').some((value) => value !== 'normal');
    return isFaint || isBlended ? { ...sums, layers: sums.layers + 1, depth: sums.depth + 1 } : sums;
  }

  /** Every dash counts as a shape. */
  private dashed(element: SvgElement, sums: Sums): Sums {
    const values = this.values(element, 'stroke-dasharray');
    if (values.length === 0) return sums;
    const periods = values.map(dashPeriod).filter((period) => period > 0);
    const dashes = periods.length === 0 ? 0 : sums.length / Math.min(...periods);
    return { ...sums, work: sums.work + dashes, length: 0 };
  }

  private referred(element: SvgElement, property: string): Sums[] {
    return this.values(element, property)
      .flatMap(findReferences)
      .flatMap((id) => this.targets(id));
  }

  private targets(id: string): Sums[] {
    return (this.byId.get(id) ?? []).map((target) => this.sums(target));
  }

  /**
   * All possible values of a property. Their costs are summed, so it does not matter which rule
   * wins.
   */
  private values({ name, id, classes, attributes, style }: SvgElement, property: string): string[] {
    const has = (key: string) => key === name || key === `#${id ?? ''}` || classes.includes(key.slice(1));
    const ruled = (this.ruled.get(property) ?? []).filter(({ keys }) => keys.some((key) => key.every(has)));
    return [attributes.get(property), style.get(property), ...ruled.map(({ value }) => value)].filter(
      (value) => value !== undefined,
    );
  }
}

/** The cost of a filter primitive, in layers. */
function filterLayers({ name, attributes }: SvgElement): number {
  if (!name.startsWith('fe')) return 0;
  const numbers = (attribute: string) =>
    (attributes.get(attribute) ?? '').split(/[\s,]+/).map((part) => Number.parseFloat(part) || 0);
  const square = ([first = 0, second = first]: number[]) => Math.abs(first * second);
  if (name === 'feConvolveMatrix') return FILTER_LAYERS * Math.max(1, square(numbers('order')) / 9);
  if (name === 'feMorphology') return FILTER_LAYERS * Math.max(1, square(numbers('radius')));
  return FILTER_LAYERS;
}

function added(one: Sums, other: Sums): Sums {
  return {
    work: one.work + other.work,
    layers: one.layers + other.layers,
    depth: Math.max(one.depth, other.depth),
    shapes: one.shapes + other.shapes,
    vertices: one.vertices + other.vertices,
    length: one.length + other.length,
  };
}

function repeated(sums: Sums, times: number): Sums {
  return { ...sums, work: sums.work * times, layers: sums.layers * times };
}

/** Adds a separate layer and the target that clips, masks or filters it. */
function apart(sums: Sums, target: Sums): Sums {
  return {
    ...sums,
    work: sums.work + target.work,
    layers: sums.layers + target.layers + MASK_LAYERS,
    depth: Math.max(sums.depth, target.depth) + MASK_LAYERS,
  };
}

/** The period of a dash array; 0 when it has none. */
function dashPeriod(value: string): number {
  return value.split(/[\s,]+/).reduce((sum, part) => sum + (Math.abs(Number.parseFloat(part)) || 0), 0);
}

/**
 * The type, id and classes that a selector requires of its element: `g > .a.b:hover` requires `.a`
 * and `.b`.
 */
function requiredNames(selector: string): readonly string[] {
  const last =
    selector
      .replaceAll(/\[[^\]]*\]|::?[-\w]+(?:\([^()]*\))?/g, '')
      .trim()
      .split(/[\s>+~]+/)
      .at(-1) ?? '';
  return last.match(/[.#]?[-\w\u0080-\uffff]+/g) ?? [];
}
