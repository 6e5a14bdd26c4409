/** Sets what a native library reads from the environment by itself, unless whoever started the process has set it. */
export function tellNativeLibraries(variable: string, value: string): void {
  process.env[variable] ??= value;
}
