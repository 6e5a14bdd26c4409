import { type JsonListener, JsonScanner } from '../../platform/json/json-scanner';
import { MAX_CELL_LENGTH, type PreviewedCell, PreviewReader, UNREAD_CELL } from '../preview';

const LINE_FEED = 0x0a;
/** Deeper than PostgreSQL writes JSON with its default stack. */
const MAX_DEPTH = 100_000;

/**
 * Reads objects, one per line. The columns are the members of all of them, in the order in which they first appear. A
 * text is decoded; any other value is shown as the file has it, with all its digits.
 */
export class NdjsonPreviewReader extends PreviewReader {
  private readonly indexes = new Map<string, number>();
  private line: Uint8Array[] = [];

  override write(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0 && !this.isDone) {
      if (this.line.length === 0 && !this.beginRow()) return;
      const end = rest.indexOf(LINE_FEED);
      this.line.push(end < 0 ? rest : rest.subarray(0, end));
      if (end < 0) return;
      this.endLine(true);
      rest = rest.subarray(end + 1);
    }
  }

  protected override flush(isWhole: boolean): void {
    if (this.line.length > 0) this.endLine(isWhole);
  }

  protected override columns(): readonly string[] {
    return [...this.indexes.keys()];
  }

  private endLine(isWhole: boolean): void {
    const members = readMembers(Buffer.concat(this.line));
    this.line = [];
    const row: PreviewedCell[] = [];
    for (const [name, value] of members) {
      const index = this.indexes.get(name) ?? this.indexes.size;
      this.indexes.set(name, index);
      row[index] = value;
    }
    if (!isWhole) for (const index of this.indexes.values()) row[index] ??= UNREAD_CELL;
    this.addRow(row);
  }
}

/** The members of an object whose end may be missing. @throws JsonSyntaxError */
function readMembers(line: Buffer): [name: string, value: PreviewedCell][] {
  const members: [string, PreviewedCell][] = [];
  let nameStart = line.indexOf('{') + 1;
  let open: { readonly name: string; readonly start: number } | null = null;
  const listener: JsonListener = {
    onMember(_depth, _name, start) {
      // The scanner reports ASCII names of limited length only.
      open = { name: JSON.parse(line.toString('utf8', nameStart, start - 1)) as string, start };
    },
    onEnd(_depth, end) {
      if (open)
        members.push([open.name, { text: decoded(line.toString('utf8', open.start, end)), isTruncated: false }]);
      open = null;
      nameStart = end + 1;
    },
  };
  new JsonScanner({ maxDepth: MAX_DEPTH, listener }).write(line);
  const cut = open as { readonly name: string; readonly start: number } | null;
  if (cut) members.push([cut.name, { text: decodedStart(line.subarray(cut.start)), isTruncated: true }]);
  return members;
}

function decoded(value: string): string | null {
  const text = value.trim();
  if (text.startsWith('"')) return JSON.parse(text) as string;
  return text === 'null' ? null : text;
}

/** A character takes an escape of six at most. */
const MAX_ESCAPED_LENGTH = 6 * (MAX_CELL_LENGTH + 1);
const CLOSED_STRING = /^"(?:[^"\\]|\\.)*"/s;
const CUT_ESCAPE = /(?<!\\)((?:\\\\)*)\\(?:u[\da-fA-F]{0,3})?$/;

/** The start of a value, without a character or an escape that is cut. */
function decodedStart(bytes: Buffer): string {
  const text = new TextDecoder().decode(bytes, { stream: true }).trimStart().slice(0, MAX_ESCAPED_LENGTH);
  if (!text.startsWith('"')) return text;
  const [closed = `${text.replace(CUT_ESCAPE, '$1')}"`] = CLOSED_STRING.exec(text) ?? [];
  return JSON.parse(closed) as string;
}
