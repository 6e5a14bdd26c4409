import * as nodeModule from 'node:module';
import { join } from 'node:path';

/** Node 22 has the function; the types are those of Node 20. */
interface CompileCache {
  readonly enableCompileCache?: (folder: string) => unknown;
}

// As in main.ts.
(nodeModule as CompileCache).enableCompileCache?.(join(__dirname, '.compiled'));

void import('./production-thread.ts');
