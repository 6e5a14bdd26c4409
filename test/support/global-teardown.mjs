// @ts-check

/** Jest's hook: undoes what global-setup.mjs did. */
export default async function globalTeardown() {
  const { testServer } = /** @type {{ testServer?: import('./global-setup.mjs').TestServer }} */ (
    /** @type {unknown} */ (globalThis)
  );
  await testServer?.dropTemplate();
  await testServer?.stop();
}
