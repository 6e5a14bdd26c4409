/**
 * Waits for something to end, well or badly, for a limited time: what a shutdown waits for may never come.
 * @returns whether it ended
 */
export async function endsWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  const ended = work.then(
    () => true,
    () => true,
  );
  return Promise.race([ended, timeout]).finally(() => {
    clearTimeout(timer);
  });
}
