import { ImageRefusedError } from '../image-refused-error';
import { outlineOf } from './outline';
import { referencesIn, type StyleRule } from './style';
import type { SvgElement } from './svg-element';

/** What drawing a document takes, when everything is drawn as often as it is referred to. */
export interface SvgCost {
  /** About microseconds, however large the picture is. */
  readonly work: number;
  /** How often something is drawn apart and then laid over the rest: each time all pixels count. */
  readonly layers: number;
  /** How many of these are in memory at once. */
  readonly depth: number;
}

/** The sums of a subtree. What its ancestors set for it is multiplied with these. */
interface Sums extends SvgCost {
  readonly shapes: number;
  readonly vertices: number;
  /** Of outlines whose dashes, if any, an ancestor sets. */
  readonly length: number;
}

const NOTHING: Sums = { work: 0, layers: 0, depth: 0, shapes: 0, vertices: 0, length: 0 };
const SHAPE_WORK = 5;
const MASK_LAYERS = 3;
/** A step of a filter takes as long as so many layers. */
const FILTER_LAYERS = 5;
/** A reference to a reference to a reference …: more of them is no picture. */
const MAX_NESTING = 500;
/** Drawn only where something refers to it. */
const DEFINITIONS: ReadonlySet<string> = new Set(
  'defs symbol clipPath mask marker pattern filter linearGradient radialGradient style'.split(' '),
);

/** A value that a style sheet gives to a property. */
interface RuledValue {
  readonly value: string;
  /** The last part of each selector: an element that lacks one of these names is none of the rule's. */
  readonly keys: readonly (readonly string[])[];
}

/** Adds up what a document takes to draw. References are followed, and may lead to no element that is being drawn. */
export class SvgCosts {
  private readonly known = new Map<SvgElement, Sums>();
  private readonly open = new Set<SvgElement>();
  private readonly ruled = new Map<string, RuledValue[]>();

  constructor(
    private readonly byId: ReadonlyMap<string, readonly SvgElement[]>,
    rules: readonly StyleRule[],
  ) {
    for (const { selectors, declarations } of rules) {
      const keys = selectors.split(',').map(keysOf);
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

  /** What is drawn of an element and of what is in it. */
  private content(element: SvgElement): Sums {
    const { segments, length } = outlineOf(element.name, element.attributes);
    const isShape = segments > 0 || element.name === 'text';
    const work = element.work + segments + (isShape ? SHAPE_WORK : 0);
    const own = { work, shapes: isShape ? 1 : 0, layers: filterLayers(element) };
    const drawn = element.children.filter(({ name }) => !DEFINITIONS.has(name)).map((child) => this.sums(child));
    const href = element.attributes.get('href');
    const referred = href?.startsWith('#') ? this.targets(href.slice(1)) : [];
    return [...drawn, ...referred].reduce(added, { ...NOTHING, ...own, vertices: segments + 1, length });
  }

  /** Adds what the properties of an element do to its content. */
  private withStyle(element: SvgElement, content: Sums): Sums {
    let sums = this.dashed(element, content);
    for (const [properties, times] of [
      [['fill', 'stroke'], sums.shapes],
      [['marker', 'marker-start', 'marker-mid', 'marker-end'], sums.vertices],
    ] as const) {
      for (const target of properties.flatMap((property) => this.referred(element, property))) {
        // Gradients draw nothing by themselves.
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

  /** A dash is a shape of its own. */
  private dashed(element: SvgElement, sums: Sums): Sums {
    const values = this.values(element, 'stroke-dasharray');
    if (values.length === 0) return sums;
    const periods = values.map(periodOf).filter((period) => period > 0);
    const dashes = periods.length === 0 ? 0 : sums.length / Math.min(...periods);
    return { ...sums, work: sums.work + dashes, length: 0 };
  }

  private referred(element: SvgElement, property: string): Sums[] {
    return this.values(element, property)
      .flatMap(referencesIn)
      .flatMap((id) => this.targets(id));
  }

  private targets(id: string): Sums[] {
    return (this.byId.get(id) ?? []).map((target) => this.sums(target));
  }

  /** All that may be the value of a property: which rule wins does not matter where all are added up. */
  private values({ name, id, classes, attributes, style }: SvgElement, property: string): string[] {
    const has = (key: string) => key === name || key === `#${id ?? ''}` || classes.includes(key.slice(1));
    const ruled = (this.ruled.get(property) ?? []).filter(({ keys }) => keys.some((key) => key.every(has)));
    return [attributes.get(property), style.get(property), ...ruled.map(({ value }) => value)].filter(
      (value) => value !== undefined,
    );
  }
}

/** The time of a step of a filter, in the time of a layer. */
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

/** Something drawn apart, and then what cuts or filters it. */
function apart(sums: Sums, target: Sums): Sums {
  return {
    ...sums,
    work: sums.work + target.work,
    layers: sums.layers + target.layers + MASK_LAYERS,
    depth: Math.max(sums.depth, target.depth) + MASK_LAYERS,
  };
}

/** How long one round of a dash array is; 0 when it has none. */
function periodOf(value: string): number {
  return value.split(/[\s,]+/).reduce((sum, part) => sum + (Math.abs(Number.parseFloat(part)) || 0), 0);
}

/** The type, id and classes that the element of a selector must have: `g > .a.b:hover` needs `.a` and `.b`. */
function keysOf(selector: string): readonly string[] {
  const last =
    selector
      .replaceAll(/\[[^\]]*\]|::?[-\w]+(?:\([^()]*\))?/g, '')
      .trim()
      .split(/[\s>+~]+/)
      .at(-1) ?? '';
  return last.match(/[.#]?[-\w\u0080-\uffff]+/g) ?? [];
}
