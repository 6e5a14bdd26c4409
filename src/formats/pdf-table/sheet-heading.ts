import type { Table } from '../table';
import { LOOKS, type Look } from './look';
import { printable } from './printable-text';
import type { TextPen } from './text-pen';
import type { Line, TextSetter } from './text-setter';

const MAX_TITLE_LINES = 3;
const MAX_FACT_LINES = 3;
const MAX_FACT_LENGTH = 300;
/** More than the longest text has. */
const MAX_NOTE_LINES = 1_000;
const GAP = 16;

/** A fact's label and value, which stand side by side. */
interface SetFact {
  readonly label: readonly Line[];
  readonly value: readonly Line[];
  readonly height: number;
}

/** The title and the facts of a table, and the list of its long labels, above its first page's rows. */
export class SheetHeading {
  private readonly title: readonly Line[];
  private readonly facts: readonly SetFact[];
  private readonly notes: readonly Line[];
  private readonly labelWidth: number;

  constructor(
    table: Table,
    notes: readonly string[],
    private readonly setter: TextSetter,
    private readonly box: { readonly left: number; readonly width: number; readonly rightToLeft: boolean },
  ) {
    this.title = this.set(table.title, LOOKS.title, box.width, MAX_TITLE_LINES);
    const widest = table.facts.map(({ label }) => setter.extent(oneLine(label), LOOKS.factLabel).whole);
    this.labelWidth = Math.min(Math.max(0, ...widest), box.width / 3);
    this.facts = table.facts.map(({ label, value }) => this.fact(label, value));
    this.notes = notes.flatMap((note) => setter.lines(note, LOOKS.factLabel, box.width, MAX_NOTE_LINES).lines);
  }

  /** The heights of what must not be divided: the title, then each fact, then each line of the notes. */
  get heights(): number[] {
    const title = this.title.length * LOOKS.title.leading + 6;
    return [title, ...this.facts.map(({ height }) => height), ...this.notes.map(() => LOOKS.factLabel.leading)];
  }

  /** Draws one of them. */
  draw(part: number, top: number, pen: TextPen): void {
    const { left, width, rightToLeft } = this.box;
    const align = rightToLeft ? 'right' : 'left';
    if (part === 0) {
      pen.lines(this.title, LOOKS.title, { left, top, width }, align);
      return;
    }
    const fact = this.facts[part - 1];
    if (!fact) {
      const line = this.notes[part - 1 - this.facts.length];
      if (line) pen.lines([line], LOOKS.factLabel, { left, top, width }, align);
      return;
    }
    const valueWidth = width - this.labelWidth - GAP;
    const labelLeft = rightToLeft ? left + width - this.labelWidth : left;
    const valueLeft = rightToLeft ? left : left + this.labelWidth + GAP;
    pen.lines(fact.label, LOOKS.factLabel, { left: labelLeft, top, width: this.labelWidth }, align);
    pen.lines(fact.value, LOOKS.fact, { left: valueLeft, top, width: valueWidth }, align);
  }

  private fact(label: string, value: string): SetFact {
    const lines = {
      label: this.set(label, LOOKS.factLabel, this.labelWidth + 0.5, MAX_FACT_LINES),
      value: this.set(value, LOOKS.fact, this.box.width - this.labelWidth - GAP, MAX_FACT_LINES),
    };
    return { ...lines, height: Math.max(lines.label.length, lines.value.length) * LOOKS.fact.leading + 1.5 };
  }

  private set(text: string, look: Look, width: number, most: number): readonly Line[] {
    return this.setter.lines(oneLine(text), look, width, most).lines;
  }
}

function oneLine(text: string): string {
  return printable(text, MAX_FACT_LENGTH).text.replaceAll('\n', ' ');
}
