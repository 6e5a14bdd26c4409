import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Export } from '../index.js';
import { CommandError, ExitCode } from './errors.js';
import { safeFileName } from './printable.js';

/** The standard output, as `--output` names it. */
export const STANDARD_OUTPUT = '-';

export interface OutputOptions {
  readonly output?: string;
  readonly force?: boolean;
}

/** Refuses a file that exists before anything is requested for it. */
export async function checkTarget({ output, force }: OutputOptions): Promise<void> {
  if (output === undefined || output === STANDARD_OUTPUT || force) return;
  if ((await kindOf(output)) === 'file') throw exists(output);
}

/** Whether a path is a device or a pipe, such as /dev/null: it is written to, and no file takes its place. */
export async function isStream(path: string): Promise<boolean> {
  return (await kindOf(path)) === 'stream';
}

/** The path at which the file of an export is saved: in a folder, under the name that the service gave it. */
export async function resolveTarget({ output = '.', force }: OutputOptions, record: Export): Promise<string> {
  const kind = await kindOf(output);
  if (/[\\/]$/.test(output) && !kind) await mkdir(output, { recursive: true });
  const isFolder = kind === 'folder' || /[\\/]$/.test(output);
  const name = safeFileName(record.file_name ?? '', `export-${record.id}.${record.format}`);
  const path = isFolder ? join(output, name) : output;
  if (!force && (await kindOf(path)) === 'file') throw exists(path, record.id);
  return resolve(path);
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'stream' | undefined> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'folder';
    return found.isFile() ? 'file' : 'stream';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function exists(path: string, exportId?: string): CommandError {
  const other = exportId ? `\`export-service download ${exportId} --output <file>\`` : 'another --output';
  return new CommandError(`${path} exists already. Use --force to replace it, or ${other}.`, ExitCode.File);
}
