import { InvalidArgumentError, type Command } from 'commander';

interface Page<Item> {
  readonly results: readonly Item[];
  readonly next: string | null;
}

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string;
}

const MAX_PAGE_SIZE = 200;

/** Adds `--limit`, how many items a list prints. */
export function addLimit(command: Command): Command {
  return command.option('--limit <count>', 'how many to list', parseCount, 20);
}

/** Reads pages until there are this many items. */
export async function takeItems<Item>(
  limit: number,
  readPage: (query: PageQuery) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  while (items.length < limit) {
    const page = await readPage({ limit: Math.min(MAX_PAGE_SIZE, limit - items.length), ...(cursor && { cursor }) });
    items.push(...page.results);
    cursor = page.next === null ? undefined : (new URL(page.next).searchParams.get('cursor') ?? undefined);
    if (cursor === undefined) break;
  }
  return items;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It is a number from 1 on.');
  return count;
}
