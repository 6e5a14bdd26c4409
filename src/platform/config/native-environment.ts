/** Variables for libraries, caches and the language of a program. None of them is secret. */
const PASSED_ON = /^(?:PATH|HOME|TMPDIR|LANG|LC_\w+|LD_\w+|XDG_CACHE_HOME|FONTCONFIG_\w+)$/;

/**
 * The whole environment of a process that decodes images of users: none of the service's secrets, and the shipped fonts
 * alone, unless the service's own environment sets others.
 */
export function imageProcessEnvironment(fontConfiguration: string): Record<string, string | undefined> {
  const passedOn = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name));
  return {
    FONTCONFIG_FILE: fontConfiguration,
    ...Object.fromEntries(passedOn),
    DISABLE_SYSTEM_FONTS_LOAD: '1',
    MALLOC_ARENA_MAX: '2',
    // Larger blocks are returned to the operating system as soon as they are free.
    MALLOC_MMAP_THRESHOLD_: '262144',
    UV_THREADPOOL_SIZE: '2',
    VIPS_CONCURRENCY: '1',
  };
}
