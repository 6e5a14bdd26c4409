import { MAX_CELL_LENGTH, type PreviewedCell, PreviewReader, UNREAD_CELL } from '../preview';

/**
 * Reads the CSV of this service: quotes around a field are doubled inside it, and a line feed ends a row. Unlike the
 * parsers of libraries, it shortens long cells while it reads, and returns a row that is cut.
 */
export class CsvPreviewReader extends PreviewReader {
  /** Also removes a byte order mark. */
  private readonly decoder = new TextDecoder();
  private readonly names: string[] = [];
  private headerLinesLeft: number;
  private row: PreviewedCell[] = [];
  private field = '';
  private isQuoted = false;
  private state: 'row' | 'plain' | 'quoted' | 'quote' = 'row';

  /** @param headerLines how many lines are above the rows; the first has the columns */
  constructor(
    maxRows: number,
    private readonly delimiter: string,
    private readonly headerLines: number,
  ) {
    super(maxRows);
    this.headerLinesLeft = headerLines;
  }

  override write(chunk: Uint8Array): void {
    for (const character of this.decoder.decode(chunk, { stream: true })) {
      if (this.isDone) return;
      this.read(character);
    }
  }

  protected override flush(isWhole: boolean): void {
    if (this.state === 'row') return;
    // A closing quote, or the first of two: the cell is as long as it is known to be.
    this.endField(!isWhole);
    if (!isWhole) while (this.row.length < this.names.length) this.row.push(UNREAD_CELL);
    this.endRow();
  }

  protected override columns(): readonly string[] {
    return this.names;
  }

  private read(character: string): void {
    if (this.state === 'row') {
      if (!this.beginRow()) return;
      this.state = 'plain';
    }
    if (this.state === 'quoted') {
      if (character === '"') this.state = 'quote';
      else this.append(character);
    } else if (character === '"' && (this.state === 'quote' || this.field === '')) {
      if (this.state === 'quote') this.append(character);
      this.isQuoted = true;
      this.state = 'quoted';
    } else if (character === this.delimiter) {
      this.endField(false);
      this.state = 'plain';
    } else if (character === '\n') {
      this.endField(false);
      this.endRow();
    } else {
      this.append(character);
    }
  }

  private append(character: string): void {
    if (this.field.length <= MAX_CELL_LENGTH) this.field += character;
  }

  private endField(isTruncated: boolean): void {
    const isNull = this.field === '' && !this.isQuoted && !isTruncated;
    this.row.push({ text: isNull ? null : this.field, isTruncated });
    this.field = '';
    this.isQuoted = false;
  }

  private endRow(): void {
    if (this.headerLinesLeft === 0) this.addRow(this.row);
    else {
      if (this.headerLinesLeft === this.headerLines) this.names.push(...this.row.map(({ text }) => text ?? ''));
      this.headerLinesLeft -= 1;
    }
    this.row = [];
    this.state = 'row';
  }
}
