import type { Table } from '../content';
import { toOneLine } from './cell-text';
import { STYLES, type TextStyle } from './styles';
import type { Line, TextLayout } from './text-layout';
import type { TextPen } from './text-pen';

const MAX_TITLE_LINES = 3;
const MAX_FACT_LINES = 3;
const MAX_FACT_LENGTH = 300;
/** More than the longest text has. */
const MAX_NOTE_LINES = 1_000;
const GAP = 16;

/** A fact's label and value, side by side. */
interface FactLines {
  readonly label: readonly Line[];
  readonly value: readonly Line[];
  readonly height: number;
}

/** The title, the facts and the notes of a table, above the rows of its first page. */
export class Heading {
  private readonly title: readonly Line[];
  private readonly facts: readonly FactLines[];
  private readonly notes: readonly Line[];
  private readonly labelWidth: number;

  constructor(
    table: Table,
    notes: readonly string[],
    private readonly text: TextLayout,
    private readonly box: { readonly left: number; readonly width: number; readonly rightToLeft: boolean },
  ) {
    this.title = this.breakLines(table.title, STYLES.title, box.width, MAX_TITLE_LINES);
    const widths = table.facts.map(
      ({ label }) => text.measure(toOneLine(label, MAX_FACT_LENGTH), STYLES.factLabel).whole,
    );
    this.labelWidth = Math.min(Math.max(0, ...widths), box.width / 3);
    this.facts = table.facts.map(({ label, value }) => this.layOutFact(label, value));
    this.notes = notes.flatMap((note) => text.breakLines(note, STYLES.factLabel, box.width, MAX_NOTE_LINES).lines);
  }

  /** The heights of the parts that must not be divided: the title, each fact, each line of the notes. */
  get heights(): number[] {
    const title = this.title.length * STYLES.title.leading + 6;
    return [title, ...this.facts.map(({ height }) => height), ...this.notes.map(() => STYLES.factLabel.leading)];
  }

  /** @param part an index into `heights` */
  draw(part: number, top: number, pen: TextPen): void {
    const { left, width, rightToLeft } = this.box;
    const align = rightToLeft ? 'right' : 'left';
    if (part === 0) {
      pen.drawLines(this.title, STYLES.title, { left, top, width }, align);
      return;
    }
    const fact = this.facts[part - 1];
    if (!fact) {
      const line = this.notes[part - 1 - this.facts.length];
      if (line) pen.drawLines([line], STYLES.factLabel, { left, top, width }, align);
      return;
    }
    const valueWidth = width - this.labelWidth - GAP;
    const labelLeft = rightToLeft ? left + width - this.labelWidth : left;
    const valueLeft = rightToLeft ? left : left + this.labelWidth + GAP;
    pen.drawLines(fact.label, STYLES.factLabel, { left: labelLeft, top, width: this.labelWidth }, align);
    pen.drawLines(fact.value, STYLES.fact, { left: valueLeft, top, width: valueWidth }, align);
  }

  private layOutFact(label: string, value: string): FactLines {
    const lines = {
      label: this.breakLines(label, STYLES.factLabel, this.labelWidth + 0.5, MAX_FACT_LINES),
      value: this.breakLines(value, STYLES.fact, this.box.width - this.labelWidth - GAP, MAX_FACT_LINES),
    };
    return { ...lines, height: Math.max(lines.label.length, lines.value.length) * STYLES.fact.leading + 1.5 };
  }

  private breakLines(text: string, style: TextStyle, width: number, maxLines: number): readonly Line[] {
    return this.text.breakLines(toOneLine(text, MAX_FACT_LENGTH), style, width, maxLines).lines;
  }
}
