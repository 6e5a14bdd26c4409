/**
 * JSON (RFC 8259) as a table. The state of the scanner and the next byte give the next state or an
 * action. Containers and members are actions, so the table needs no stack.
 */
export const State = {
  /** An unexpected byte. */
  error: 0,
  value: 1,
  /** After `[`. */
  firstElement: 2,
  /** After `{`. */
  firstName: 3,
  name: 4,
  colon: 5,
  afterValue: 6,
  string: 7,
  escape: 8,
  hex1: 9,
  hex2: 10,
  hex3: 11,
  hex4: 12,
  minus: 13,
  zero: 14,
  integer: 15,
  point: 16,
  fraction: 17,
  exponentMark: 18,
  exponentSign: 19,
  exponent: 20,
  /** The first state of the letters of `true`, `false` and `null`. */
  literals: 21,
} as const;

export const Action = {
  openObject: 64,
  closeObject: 65,
  openArray: 66,
  closeArray: 67,
  comma: 68,
  colon: 69,
  beginName: 70,
  beginString: 71,
  endString: 72,
} as const;

/** Cells from this value on are actions. */
export const FIRST_ACTION = Action.openObject;

/** States in which a JSON text may end. */
export const FINAL_STATES: readonly number[] = [
  State.afterValue,
  State.zero,
  State.integer,
  State.fraction,
  State.exponent,
];

const STATES = 64;
const BLANKS = ' \t\n\r';
const DIGITS = '0123456789';

/** Cell `state * 256 + byte`. */
export const TABLE = new Uint8Array(STATES * 256);

function on(state: number, characters: string, next: number): void {
  for (const character of characters) TABLE[state * 256 + character.charCodeAt(0)] = next;
}

/** The state after the first letter of each literal. */
const LITERALS = new Map<string, number>();
let free: number = State.literals;
for (const [first = '', ...rest] of ['true', 'false', 'null']) {
  LITERALS.set(first, free);
  for (const [index, letter] of rest.entries()) {
    on(free, letter, index === rest.length - 1 ? State.afterValue : free + 1);
    free += 1;
  }
}

function onValue(state: number): void {
  on(state, BLANKS, State.value);
  on(state, '{', Action.openObject);
  on(state, '[', Action.openArray);
  on(state, '"', Action.beginString);
  on(state, '-', State.minus);
  on(state, '0', State.zero);
  on(state, DIGITS.slice(1), State.integer);
  for (const [first, next] of LITERALS) on(state, first, next);
}

/** What may follow a value. A number ends only at the following byte. */
function onEndOfValue(state: number): void {
  on(state, BLANKS, State.afterValue);
  on(state, ',', Action.comma);
  on(state, '}', Action.closeObject);
  on(state, ']', Action.closeArray);
}

onValue(State.value);
onValue(State.firstElement);
on(State.firstElement, BLANKS, State.firstElement);
on(State.firstElement, ']', Action.closeArray);

on(State.firstName, BLANKS, State.firstName);
on(State.firstName, '"', Action.beginName);
on(State.firstName, '}', Action.closeObject);
on(State.name, BLANKS, State.name);
on(State.name, '"', Action.beginName);
on(State.colon, BLANKS, State.colon);
on(State.colon, ':', Action.colon);

for (const state of FINAL_STATES) onEndOfValue(state);

TABLE.fill(State.string, State.string * 256 + 0x20, (State.string + 1) * 256);
on(State.string, '"', Action.endString);
on(State.string, '\\', State.escape);
on(State.escape, '"\\/bfnrt', State.string);
on(State.escape, 'u', State.hex1);
for (const state of [State.hex1, State.hex2, State.hex3, State.hex4]) {
  on(state, '0123456789abcdefABCDEF', state === State.hex4 ? State.string : state + 1);
}

on(State.minus, '0', State.zero);
on(State.minus, DIGITS.slice(1), State.integer);
on(State.integer, DIGITS, State.integer);
for (const state of [State.zero, State.integer]) on(state, '.', State.point);
on(State.point, DIGITS, State.fraction);
on(State.fraction, DIGITS, State.fraction);
for (const state of [State.zero, State.integer, State.fraction]) on(state, 'eE', State.exponentMark);
on(State.exponentMark, '+-', State.exponentSign);
for (const state of [State.exponentMark, State.exponentSign, State.exponent]) on(state, DIGITS, State.exponent);
