import type { Table } from '../../../model/domain/table';
import { LOOKS, type Look } from './look';
import { printable } from './printable-text';
import type { TextPen } from './text-pen';
import type { Line, TextSetter } from './text-setter';

const MOST_TITLE_LINES = 3;
const MOST_FACT_LINES = 3;
const LONGEST_FACT = 300;
const GAP = 16;

/** A fact's label and value, which stand side by side. */
interface SetFact {
  readonly label: readonly Line[];
  readonly value: readonly Line[];
  readonly height: number;
}

/** The title and the facts of a table, above its first page's rows. */
export class SheetHeading {
  private readonly title: readonly Line[];
  private readonly facts: readonly SetFact[];
  private readonly labelWidth: number;

  constructor(
    table: Table,
    private readonly setter: TextSetter,
    private readonly box: { readonly left: number; readonly width: number; readonly rightToLeft: boolean },
  ) {
    this.title = this.set(table.title, LOOKS.title, box.width, MOST_TITLE_LINES);
    const widest = table.facts.map(({ label }) => setter.extent(oneLine(label), LOOKS.factLabel).whole);
    this.labelWidth = Math.min(Math.max(0, ...widest), box.width / 3);
    this.facts = table.facts.map(({ label, value }) => this.fact(label, value));
  }

  /** The heights of what must not be divided: the title, then each fact. */
  get heights(): number[] {
    const title = this.title.length * LOOKS.title.leading + 6;
    return [title, ...this.facts.map(({ height }) => height)];
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
    if (!fact) return;
    const valueWidth = width - this.labelWidth - GAP;
    const labelLeft = rightToLeft ? left + width - this.labelWidth : left;
    const valueLeft = rightToLeft ? left : left + this.labelWidth + GAP;
    pen.lines(fact.label, LOOKS.factLabel, { left: labelLeft, top, width: this.labelWidth }, align);
    pen.lines(fact.value, LOOKS.fact, { left: valueLeft, top, width: valueWidth }, align);
  }

  private fact(label: string, value: string): SetFact {
    const lines = {
      label: this.set(label, LOOKS.factLabel, this.labelWidth + 0.5, MOST_FACT_LINES),
      value: this.set(value, LOOKS.fact, this.box.width - this.labelWidth - GAP, MOST_FACT_LINES),
    };
    return { ...lines, height: Math.max(lines.label.length, lines.value.length) * LOOKS.fact.leading + 1.5 };
  }

  private set(text: string, look: Look, width: number, most: number): Line[] {
    return this.setter.lines(oneLine(text), look, width, most).lines;
  }
}

function oneLine(text: string): string {
  return printable(text, LONGEST_FACT).text.replaceAll('\n', ' ');
}
