import type { ExportWarning } from '../warning';

const MAX_PLACES = 3;
const MAX_NAME_LENGTH = 40;

/** The cells that could not be shown whole. */
export class CutCells {
  private count = 0;
  private readonly places: string[] = [];

  /** @param place which row it is, counted from 1, or the `header` */
  add(place: number | 'header', label: string): void {
    this.count += 1;
    if (this.places.length >= MAX_PLACES) return;
    const name = label.length > MAX_NAME_LENGTH ? `${label.slice(0, MAX_NAME_LENGTH - 1).toWellFormed()}…` : label;
    this.places.push(`${place === 'header' ? 'header' : `row ${place}`}, “${name.replace(/\s+/g, ' ')}”`);
  }

  /** What a reader should know; nothing where nothing was cut. */
  get warnings(): ExportWarning[] {
    if (this.count === 0) return [];
    const said =
      this.count === 1
        ? '1 cell was too long to print; it is cut'
        : `${this.count} cells were too long to print; they are cut`;
    const text = `${said}: ${this.places.join('; ')}${this.count > MAX_PLACES ? ' and others' : ''}.`;
    return [{ code: 'cell-truncated', text }];
  }
}
