const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean));

/**
 * The allowed elements. Others are removed with their content: scripts, HTML, animations, metadata.
 */
export const ELEMENTS = words(`
  svg g a defs symbol use switch style
  path rect circle ellipse line polyline polygon text tspan image
  linearGradient radialGradient stop pattern clipPath mask marker
  filter feBlend feColorMatrix feComponentTransfer feFuncA feFuncB feFuncG feFuncR feComposite feConvolveMatrix
  feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feGaussianBlur feImage feMerge feMergeNode
  feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile
`);

/** Presentation attributes, which are also CSS properties. */
const PRESENTATION = words(`
  alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation color-interpolation-filters
  direction display dominant-baseline enable-background fill fill-opacity fill-rule filter flood-color flood-opacity
  font-family font-size font-stretch font-style font-variant font-weight glyph-orientation-vertical image-rendering
  letter-spacing lighting-color marker-end marker-mid marker-start mask mask-type mix-blend-mode opacity overflow
  paint-order shape-rendering stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap
  stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration text-rendering
  transform-box unicode-bidi vector-effect visibility word-spacing writing-mode
`);

/** The allowed CSS properties. */
const PROPERTIES: ReadonlySet<string> = new Set([
  ...PRESENTATION,
  ...words('cx cy d font height isolation line-height marker r rx ry transform transform-origin width x y'),
]);

/** The allowed attributes besides `style`, `href` and those of the xml namespace. */
export const ATTRIBUTES: ReadonlySet<string> = new Set([
  ...PRESENTATION,
  ...words(`
    amplitude azimuth baseFrequency bias class clipPathUnits cx cy d diffuseConstant divisor dx dy edgeMode elevation
    exponent filterUnits fr fx fy gradientTransform gradientUnits height id in in2 intercept k1 k2 k3 k4 kernelMatrix
    kernelUnitLength limitingConeAngle markerHeight markerUnits markerWidth maskContentUnits maskUnits mode offset
    operator order orient patternContentUnits patternTransform patternUnits points pointsAtX pointsAtY pointsAtZ
    preserveAlpha preserveAspectRatio primitiveUnits r radius refX refY requiredExtensions requiredFeatures result
    rotate rx ry scale slope specularConstant specularExponent spreadMethod stdDeviation surfaceScale systemLanguage
    tableValues targetX targetY transform transform-origin type values version viewBox width x x1 x2 xChannelSelector y
    y1 y2 yChannelSelector z
  `),
]);

/** The allowed declarations of a `style` attribute or of a rule, by property. */
export type Declarations = ReadonlyMap<string, string>;

/** A rule of a `<style>` element. */
export interface StyleRule {
  readonly selectors: string;
  readonly declarations: Declarations;
}

const COMMENT = /\/\*[^]*?(?:\*\/|$)|<!--|-->/g;
const DECLARATION = /([-\w]+)\s*:((?:"[^"]*"|'[^']*'|\([^()]*\)|[^;"'()])*)/g;
const REFERENCE = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)]*?))\s*\)/gi;
/** The block of an at-rule may contain rules with nested blocks. */
const AT_RULE = /@[^;{}]*(?:;|\{(?:[^{}]|\{[^{}]*\})*\}|$)/g;
const RULE = /([^{}]+)\{([^{}]*)\}/g;
/** A reference to nothing, which is drawn like a resource that cannot be fetched. */
const NOWHERE = 'url(#-)';

/**
 * Removes references to other documents from a value. `null` when it contains a CSS escape, which
 * could hide a reference.
 */
export function sanitizeValue(value: string): string | null {
  if (value.includes('\\')) return null;
  return value.replaceAll(REFERENCE, (reference, double?: string, single?: string, bare?: string) =>
    (double ?? single ?? bare ?? '').trim().startsWith('#') ? reference : NOWHERE,
  );
}

/** The ids that a value refers to. */
export function findReferences(value: string): string[] {
  return [...value.matchAll(REFERENCE)].flatMap(([, double, single, bare]) => {
    const target = (double ?? single ?? bare ?? '').trim();
    return target.startsWith('#') ? [target.slice(1)] : [];
  });
}

/** Reads the allowed declarations. Later ones win. */
export function readDeclarations(text: string): Declarations {
  const declarations = new Map<string, string>();
  for (const [, name = '', raw = ''] of text.replaceAll(COMMENT, '').matchAll(DECLARATION)) {
    const property = name.toLowerCase();
    const value = PROPERTIES.has(property) ? sanitizeValue(raw.trim()) : null;
    if (value !== null) declarations.set(property, value);
  }
  return declarations;
}

/**
 * Reads the rules of a style sheet without at-rules, which import others or are not supported by
 * librsvg.
 */
export function readStyleSheet(text: string): StyleRule[] {
  const plain = text.replaceAll(COMMENT, '').replaceAll(AT_RULE, '');
  return [...plain.matchAll(RULE)].flatMap(([, selectors = '', body = '']) => {
    const declarations = readDeclarations(body);
    return selectors.includes('\\') || declarations.size === 0 ? [] : [{ selectors: selectors.trim(), declarations }];
  });
}

export function writeDeclarations(declarations: Declarations): string {
  return [...declarations].map(([property, value]) => `${property}:${value}`).join(';');
}
