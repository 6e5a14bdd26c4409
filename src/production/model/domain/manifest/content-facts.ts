import type { Content, Projection, Relation, RenderedRows } from '../../../../formats';
import type { ManifestFacts, ManifestTable } from './manifest-facts';

/** Content whose tables are described for the manifest, with the rows that were read of each. */
export class ObservedContent {
  /** To be read instead of the original. */
  readonly content: Content;
  private readonly relations: CountedRelation[] = [];

  constructor(private readonly original: Content) {
    this.content = this.observe(original);
  }

  /**
   * Final once the content has been read.
   * @param server the database that has the rows
   */
  facts(title: string, server: string | null): ManifestFacts {
    const { original } = this;
    const takenAt = 'takenAt' in original ? original.takenAt : null;
    return { title, snapshot: takenAt === null ? null : { taken_at: takenAt, server }, tables: this.tables() };
  }

  private observe(content: Content): Content {
    if (content.kind === 'relations') return { ...content, relations: content.relations.map(this.counted) };
    if (content.kind !== 'sections') return content;
    const sections = content.sections.map((section) => ({ ...section, relation: this.counted(section.relation) }));
    return { ...content, sections };
  }

  private readonly counted = (relation: Relation): Relation => {
    const counted = new CountedRelation(relation);
    this.relations.push(counted);
    return counted;
  };

  private tables(): ManifestTable[] {
    const { original } = this;
    if (original.kind !== 'table') return this.relations.map(toTable);
    const columns = original.columns.map(({ key, type }) => ({ name: key, postgres_type: null, output_type: type }));
    return [{ name: original.title, rows: original.rowCount, columns }];
  }
}

/** A relation that remembers how many rows PostgreSQL sent of it. */
class CountedRelation implements Relation {
  readonly name: Relation['name'];
  readonly section: Relation['section'];
  readonly columns: Relation['columns'];
  readonly rowCount: Relation['rowCount'];
  /** `null` until it was read. */
  rowsRead: number | null = null;

  constructor(private readonly relation: Relation) {
    ({ name: this.name, section: this.section, columns: this.columns, rowCount: this.rowCount } = relation);
  }

  render(projection: Projection, onProgress?: (rows: number) => void): RenderedRows {
    const rows = this.relation.render(projection, onProgress);
    return {
      [Symbol.asyncIterator]: () => this.chunksOf(rows),
      count: () => rows.count(),
      settings: () => rows.settings(),
    };
  }

  sample(...args: Parameters<Relation['sample']>): ReturnType<Relation['sample']> {
    return this.relation.sample(...args);
  }

  private async *chunksOf(rows: RenderedRows): AsyncGenerator<Buffer> {
    yield* rows;
    this.rowsRead = rows.count();
  }
}

function toTable({ name, columns, rowsRead }: CountedRelation): ManifestTable {
  const described = columns.map((column) => {
    return { name: column.name, postgres_type: column.type.declared, output_type: column.family };
  });
  return { name, rows: rowsRead, columns: described };
}
