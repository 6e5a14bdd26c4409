// @ts-check
// Preloaded into programs that we start: they end when we do, also when we are killed without a word.
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // The line to the parent alone is no reason to stay.
  process.channel.unref();
}
