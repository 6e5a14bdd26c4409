/** Variables for libraries, caches and the language of a program. None of them is secret. */
const PASSED_ON = /^(?:PATH|HOME|TMPDIR|LANG|LC_\w+|LD_\w+|XDG_CACHE_HOME|FONTCONFIG_\w+)$/;

/** The environment of a process that runs native code: none of the service's secrets. */
export function nativeProcessEnvironment(): Record<string, string | undefined> {
  const passedOn = Object.entries(process.env).filter(([name]) => PASSED_ON.test(name));
  return { ...Object.fromEntries(passedOn), MALLOC_ARENA_MAX: '2' };
}

/**
 * The whole environment of a process that decodes images of users: the shipped fonts alone, unless the service's own
 * environment sets others.
 */
export function imageProcessEnvironment(fontConfiguration: string): Record<string, string | undefined> {
  return {
    FONTCONFIG_FILE: fontConfiguration,
    ...nativeProcessEnvironment(),
    DISABLE_SYSTEM_FONTS_LOAD: '1',
    // Larger blocks are returned to the operating system as soon as they are free.
    MALLOC_MMAP_THRESHOLD_: '262144',
    UV_THREADPOOL_SIZE: '2',
    VIPS_CONCURRENCY: '1',
  };
}

/** The environment of a thread that runs a part of the service with its own settings. */
export function threadEnvironment(settings: Readonly<Record<string, string | undefined>>) {
  return { ...process.env, ...settings };
}
