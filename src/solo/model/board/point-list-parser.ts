const [COMMA, MINUS, DOT, ZERO, NINE, QUOTE, BACKSLASH] = [0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, COLON] = [0x5b, 0x5d, 0x7b, 0x7d, 0x3a];
const [BLANK, LOWER_E, UPPER_E, X, Y] = [0x20, 0x65, 0x45, 0x78, 0x79];
const PRESSURE = Buffer.from('pressure');

/** Integers of so many digits, and the powers of ten up to it, are exact; so the quotient of both is the nearest number. */
const MAX_EXACT_DIGITS = 15;
const POWERS_OF_TEN = Float64Array.from({ length: MAX_EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** A list that holds more than points of numbers; it has to be parsed as any JSON. */
class UnusualListError extends Error {}

/** Receives a point. What it lacks is `undefined`. */
type OnPoint = (x: number | undefined, y: number | undefined, pressure: number | undefined) => void;

/**
 * Reads a list of points from bytes that are known to be JSON, without creating an object for each point.
 * @returns whether the list has only points that are objects or lists of numbers; otherwise some points may be missing
 */
export function parsePointList(bytes: Uint8Array, onPoint: OnPoint): boolean {
  try {
    new PointListParser(bytes).parse(onPoint);
    return true;
  } catch (error) {
    if (error instanceof UnusualListError) return false;
    throw error;
  }
}

class PointListParser {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  parse(onPoint: OnPoint): void {
    this.expect(OPEN_LIST);
    if (this.skip(CLOSE_LIST)) return;
    do {
      if (this.skip(OPEN_OBJECT)) this.parseObject(onPoint);
      else this.parseTuple(onPoint);
    } while (this.skip(COMMA));
    this.expect(CLOSE_LIST);
  }

  private parseObject(onPoint: OnPoint): void {
    let x: number | undefined;
    let y: number | undefined;
    let pressure: number | undefined;
    if (!this.skip(CLOSE_OBJECT)) {
      do {
        this.expect(QUOTE);
        const from = this.at;
        const length = this.skipName();
        this.expect(COLON);
        const value = this.parseNumber();
        if (length === 1 && this.bytes[from] === X) x = value;
        else if (length === 1 && this.bytes[from] === Y) y = value;
        else if (length === PRESSURE.length && this.isPressure(from)) pressure = value;
      } while (this.skip(COMMA));
      this.expect(CLOSE_OBJECT);
    }
    onPoint(x, y, pressure);
  }

  private parseTuple(onPoint: OnPoint): void {
    this.expect(OPEN_LIST);
    let x: number | undefined;
    let y: number | undefined;
    let pressure: number | undefined;
    if (!this.skip(CLOSE_LIST)) {
      let index = 0;
      do {
        const value = this.parseNumber();
        if (index === 0) x = value;
        else if (index === 1) y = value;
        else if (index === 2) pressure = value;
        index += 1;
      } while (this.skip(COMMA));
      this.expect(CLOSE_LIST);
    }
    onPoint(x, y, pressure);
  }

  /** Moves behind a name and its quote. @returns its length */
  private skipName(): number {
    const from = this.at;
    for (; this.bytes[this.at] !== QUOTE; this.at += 1) {
      if (this.bytes[this.at] === BACKSLASH) throw new UnusualListError();
    }
    this.at += 1;
    return this.at - 1 - from;
  }

  private isPressure(from: number): boolean {
    return PRESSURE.every((byte, index) => this.bytes[from + index] === byte);
  }

  private parseNumber(): number {
    this.skipBlanks();
    const { bytes } = this;
    const from = this.at;
    const isNegative = bytes[this.at] === MINUS;
    if (isNegative) this.at += 1;
    if (!isDigit(bytes[this.at])) throw new UnusualListError();
    let digits = 0;
    let integer = 0;
    let decimals = 0;
    for (; isDigit(bytes[this.at]); this.at += 1, digits += 1) integer = integer * 10 + (bytes[this.at] ?? 0) - ZERO;
    if (bytes[this.at] === DOT) {
      this.at += 1;
      for (; isDigit(bytes[this.at]); this.at += 1, decimals += 1)
        integer = integer * 10 + (bytes[this.at] ?? 0) - ZERO;
    }
    const hasExponent = bytes[this.at] === LOWER_E || bytes[this.at] === UPPER_E;
    if (hasExponent || digits + decimals > MAX_EXACT_DIGITS) return this.parseLongNumber(from);
    const value = integer / (POWERS_OF_TEN[decimals] ?? NaN);
    return isNegative ? -value : value;
  }

  private parseLongNumber(from: number): number {
    let to = this.at;
    while (isInNumber(this.bytes[to])) to += 1;
    this.at = to;
    return Number(Buffer.from(this.bytes.subarray(from, to)).toString('latin1'));
  }

  private expect(byte: number): void {
    if (!this.skip(byte)) throw new UnusualListError();
  }

  /** Moves behind blanks, and behind a byte if it follows. */
  private skip(byte: number): boolean {
    this.skipBlanks();
    if (this.bytes[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  private skipBlanks(): void {
    // Valid JSON has no other bytes below it than blanks between its values.
    while ((this.bytes[this.at] ?? Infinity) <= BLANK) this.at += 1;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/** Whether a byte continues a number with an exponent. */
function isInNumber(byte: number | undefined): boolean {
  return isDigit(byte) || byte === LOWER_E || byte === UPPER_E || byte === MINUS || byte === 0x2b;
}
