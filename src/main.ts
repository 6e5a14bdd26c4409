import * as nodeModule from 'node:module';
import { join } from 'node:path';

/** What Node 22 and later can do, and its types of version 20 do not know. */
interface CompileCache {
  readonly enableCompileCache?: (folder: string) => unknown;
}

// Node keeps what it compiles for the next start: beside the code, because whoever writes there is trusted with code anyway.
// Where nobody may write, nothing is kept.
(nodeModule as CompileCache).enableCompileCache?.(join(__dirname, '.compiled'));

// Loaded here and not above, so that its own code is kept too.
void import('./service.ts');
