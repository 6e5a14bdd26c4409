import { namesColour, colourOf } from './colour';
import { field, numberOf, type JsonObject } from './json-fields';
import { limits } from './limits';

const BLACK = '#000000';

/** A position; what is missing is 0. */
export function coordinateField(object: JsonObject, name: string): number {
  return numberOf(field(object, name), -limits.coordinate, limits.coordinate, 0);
}

/** A length that may be missing (`null`) and is never negative. */
export function lengthField(object: JsonObject, name: string): number | null {
  return numberOf(field(object, name), 0, limits.coordinate, null);
}

/** `size` (or `thickness`, as the first lesson boards called it), or `fallback` where neither is a number. */
export function sizeField(object: JsonObject, fallback: number): number {
  const size = numberOf(field(object, 'size'), 0, limits.lineWidth, null);
  return size ?? numberOf(field(object, 'thickness'), 0, limits.lineWidth, fallback);
}

export function opacityField(object: JsonObject): number {
  return numberOf(field(object, 'opacity'), 0, 1, 1);
}

export function fontSizeField(object: JsonObject, name: string, fallback: number): number {
  return numberOf(field(object, name), 0, limits.fontSize, fallback);
}

/** The colour of a line or an outline; `null` when it has none and is therefore not drawn. */
export function inkColour(object: JsonObject): string | null {
  const value = field(object, 'color');
  return namesColour(value) ? colourOf(value, BLACK) : null;
}

/** Text without a colour is black. */
export function textColour(object: JsonObject): string {
  return colourOf(field(object, 'color'), BLACK);
}
