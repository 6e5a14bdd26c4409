import type { Command } from 'commander';

/** Adds where a file is saved. */
export function addOutputOptions(command: Command): Command {
  return command
    .option('-o, --output <path>', 'a file, a folder, or - for the standard output (default: this folder)')
    .option('--force', 'replace the file if it exists');
}

/** Adds how far an export is followed, and where its file is saved. */
export function addSavingOptions(command: Command): Command {
  return addOutputOptions(command)
    .option('--watch', 'follow the export to its end, and leave the file on the service')
    .option('--no-wait', 'create the export, and leave');
}
