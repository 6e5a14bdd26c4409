/** A SHA-256 that is computed in steps: WebCrypto digests whole buffers only. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** The digest in lower-case hex. Nothing can be added after it. */
  hex(): string;
}

interface NodeCrypto {
  createHash(algorithm: 'sha256'): { update(bytes: Uint8Array): void; digest(encoding: 'hex'): string };
}

interface NodeProcess {
  getBuiltinModule?(name: 'node:crypto'): NodeCrypto;
}

/** Uses Node's own implementation where there is one, without an import that a browser would have to resolve. */
export async function createSha256(): Promise<Sha256> {
  const create = await loadSha256();
  return create();
}

/** The same for many digests. */
export async function loadSha256(): Promise<() => Sha256> {
  const { process } = globalThis as { readonly process?: NodeProcess };
  const crypto = process?.getBuiltinModule?.('node:crypto');
  if (!crypto) return (await import('./portable-sha256.js')).createPortableSha256;
  return () => {
    const hash = crypto.createHash('sha256');
    return {
      update: (bytes) => {
        hash.update(bytes);
      },
      hex: () => hash.digest('hex'),
    };
  };
}
