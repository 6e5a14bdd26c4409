/** The elements that pass, so many at a time, as they come. */
export async function* batchesOf<Element>(
  elements: AsyncIterable<Element>,
  size: number,
  passes: (element: Element) => boolean,
): AsyncGenerator<Element[]> {
  let batch: Element[] = [];
  for await (const element of elements) {
    if (!passes(element)) continue;
    batch.push(element);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
