const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean));

/** The elements that are kept. Others go together with what is in them: scripts, HTML, animations, metadata. */
export const ELEMENTS = words(`
  svg g a defs symbol use switch style
  path rect circle ellipse line polyline polygon text tspan image
  linearGradient radialGradient stop pattern clipPath mask marker
  filter feBlend feColorMatrix feComponentTransfer feFuncA feFuncB feFuncG feFuncR feComposite feConvolveMatrix
  feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feGaussianBlur feImage feMerge feMergeNode
  feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile
`);

/** What may be an attribute as well as a property in CSS. */
const PRESENTATION = words(`
  alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation color-interpolation-filters
  direction display dominant-baseline enable-background fill fill-opacity fill-rule filter flood-color flood-opacity
  font-family font-size font-stretch font-style font-variant font-weight glyph-orientation-vertical image-rendering
  letter-spacing lighting-color marker-end marker-mid marker-start mask mask-type mix-blend-mode opacity overflow
  paint-order shape-rendering stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap
  stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration text-rendering
  transform-box unicode-bidi vector-effect visibility word-spacing writing-mode
`);

/** The properties that are kept in `style`. */
export const PROPERTIES: ReadonlySet<string> = new Set([
  ...PRESENTATION,
  ...words('cx cy d font height isolation line-height marker r rx ry transform transform-origin width x y'),
]);

/** The attributes that are kept, besides `style`, `href` and those of the xml namespace. */
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
