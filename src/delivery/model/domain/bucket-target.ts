/** Where in which bucket files are copied to, as it was planned: the same for every run of a schedule. */
export interface BucketPlace {
  /** `s3://bucket/prefix/` */
  readonly uri: string;
  /** `null` for the service's own storage, in another of its buckets. */
  readonly endpoint: string | null;
  readonly region: string | null;
  readonly forcePathStyle: boolean;
  /** `BucketCredentials` as JSON, sealed; `null` for the service's own. */
  readonly credentials: string | null;
}

/** What is delivered to a bucket: the place, and what makes the name of one run's file. */
export interface BucketTarget extends BucketPlace {
  /** The schedule's; where it is not given, the file has its own name. */
  readonly name?: string;
  /** The run's local date, YYYY-MM-DD; where it is not given, that of the export's end, in UTC. */
  readonly date?: string;
}

export interface BucketCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** For what a bucket's credentials are sealed: for this place, so that they open for no other. */
export function credentialsPurpose({ uri, endpoint }: Pick<BucketPlace, 'uri' | 'endpoint'>): string {
  return `bucket credentials\n${uri}\n${endpoint ?? ''}`;
}

const DATE = /^\d{4}-\d\d-\d\d$/;
const MAX_NAME_LENGTH = 100;

/** The target as it was planned; `null` where it is none. */
export function parseBucketTarget(target: Readonly<Record<string, unknown>>): BucketTarget | null {
  const { uri, endpoint, region, forcePathStyle, credentials, name, date } = target;
  if (typeof uri !== 'string' || !isTextOrNull(endpoint) || !isTextOrNull(region) || !isTextOrNull(credentials)) {
    return null;
  }
  return {
    uri,
    endpoint,
    region,
    credentials,
    forcePathStyle: forcePathStyle === true,
    ...(typeof name === 'string' && { name }),
    ...(typeof date === 'string' && DATE.test(date) && { date }),
  };
}

/** A part of a key that no storage, file system or program stumbles over, from a name that somebody typed. */
export function toKeySegment(name: string): string {
  const cleaned = name
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '_');
  const [...characters] = cleaned.replace(/^[._]+/, '');
  const segment = characters
    .slice(0, MAX_NAME_LENGTH)
    .join('')
    .replace(/[._]+$/, '');
  return segment === '' ? 'export' : segment;
}

/** The name and the extension of a file, such as `csv` and `csv.gz`. */
export function splitFileName(fileName: string): { readonly stem: string; readonly extension: string } {
  const [, stem = fileName, extension = 'bin'] = /^(.+?)\.([a-z\d]+(?:\.gz)?)$/i.exec(fileName) ?? [];
  return { stem, extension };
}

/** With which the names of all files of one day's runs begin. */
export function toObjectStem(name: string, date: string): string {
  return `${toKeySegment(name)}_${date}`;
}

/**
 * How the files of one day's runs are named: `name_date.csv`, `name_date-2.csv` and so on.
 * @param turn from 1 on
 */
export function toObjectName(name: string, date: string, extension: string, turn: number): string {
  return `${toObjectStem(name, date)}${turn === 1 ? '' : `-${turn}`}.${extension}`;
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}
