import { isManifest, type VerifiableFile } from '../../verify/index.js';
import { readBytes } from '../../verify/verifiable-file.js';
import { type Place } from './file-store.js';

const MANIFEST_NAME = 'manifest.json';
const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;

export interface Gathered {
  readonly files: readonly VerifiableFile[];
  /** Whether there may be other files of the same exports. */
  readonly isSelection: boolean;
}

/** The files to verify, with their manifests: all of a folder, those of a manifest, or one with the manifest beside it. */
export async function gather({ store, name }: Place, given: VerifiableFile | undefined): Promise<Gathered> {
  if (name === null) {
    const files = await store.list();
    if (!given) return { files, isSelection: false };
    const others = files.filter((file) => !isManifest(file));
    return { files: [...others, { ...given, name: MANIFEST_NAME }], isSelection: false };
  }
  const file = await store.find(name);
  if (!file) return { files: [], isSelection: true };
  if (isManifest(file) && !given)
    return { files: [file, ...(await findDescribed(file, { store, name }))], isSelection: false };
  const beside = `${name}.${MANIFEST_NAME}`;
  const manifest = given
    ? { ...given, name: beside }
    : ((await store.find(beside)) ?? (await findShared(file, { store, name })));
  return { files: manifest ? [file, manifest] : [file], isSelection: true };
}

/** The files that a manifest names, by their names or by its own. */
async function findDescribed(manifest: VerifiableFile, { store }: Place): Promise<VerifiableFile[]> {
  const stem = manifest.name.endsWith(`.${MANIFEST_NAME}`) ? [manifest.name.slice(0, -MANIFEST_NAME.length - 1)] : [];
  const names = new Set([...stem, ...(await namesIn(manifest))]);
  const files = await Promise.all([...names].map((name) => store.find(name)));
  return files.filter((file) => file !== undefined);
}

/** The manifest of the folder, if it names the file. */
async function findShared({ name }: VerifiableFile, { store }: Place): Promise<VerifiableFile | undefined> {
  const manifest = await store.find(MANIFEST_NAME);
  return manifest && (await namesIn(manifest)).includes(name) ? manifest : undefined;
}

/** Only names that stay in the folder; none if the manifest is damaged, which is found when it is verified. */
async function namesIn(manifest: VerifiableFile): Promise<string[]> {
  try {
    const text = new TextDecoder().decode(await readBytes(manifest, 0, Math.min(manifest.size, MAX_MANIFEST_BYTES)));
    const {
      manifest: { files },
    } = JSON.parse(text) as { manifest: { files: { name: unknown }[] } };
    return files.flatMap(({ name }) => (typeof name === 'string' && !name.split('/').includes('..') ? [name] : []));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return [];
    throw error;
  }
}
