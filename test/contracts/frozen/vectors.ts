import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestExport } from '../../../src/export/model/domain/interfaces/export.repository';
import type { IdempotentRequest } from '../../../src/platform/idempotent-request';
import type { Principal } from '../../../src/platform/auth/principal';
import type { RecurrenceRule } from '../../../src/scheduled-export/model/domain/recurrence/recurrence-rule';

interface SealedSecret {
  readonly url: string;
  readonly text: string;
  readonly secret: string;
}

/** Outputs of release 0.1.0 for given inputs. They cannot be created again: vectors are added, and never changed. */
export interface Vectors {
  readonly environment: Readonly<Record<string, string>>;
  readonly links: readonly {
    readonly path: string;
    readonly at: number;
    readonly expires: number;
    readonly link: string;
  }[];
  readonly lastingLink: { readonly path: string; readonly until: string; readonly link: string };
  readonly sealed: {
    readonly webhook: SealedSecret;
    readonly byFormerKey: SealedSecret;
    readonly bucket: {
      readonly place: { readonly uri: string; readonly endpoint: string };
      readonly text: string;
      readonly credentials: object;
    };
  };
  readonly webhook: {
    readonly message: { readonly id: string; readonly timestamp: number; readonly body: string };
    readonly secret: string;
    readonly signature: string;
  };
  readonly customerSecret: { readonly secret: string; readonly hash: string };
  readonly principals: readonly { readonly principal: Principal; readonly key: string }[];
  readonly exports: readonly [VectorOfExport, ...VectorOfExport[]];
  readonly schedules: readonly { readonly name: string; readonly body: object; readonly text: string }[];
  readonly dataTypes: readonly { readonly name: string; readonly body: object; readonly text: string }[];
  readonly parts: readonly { readonly parts: readonly string[]; readonly fingerprint: string }[];
  readonly recurrences: readonly {
    readonly name: string;
    readonly rule: RecurrenceRule;
    readonly after: string;
    readonly next: readonly string[];
  }[];
  readonly objectNames: readonly {
    readonly given: readonly [name: string, date: string, extension: string, turn: number];
    readonly name: string;
  }[];
}

/** A request as release 0.1.0 wrote it. */
type RecordedRequest = Omit<RequestExport, 'params' | 'subject'> & {
  readonly sessionId: string | null;
  readonly eventId: string | null;
};

interface VectorOfExport {
  readonly name: string;
  readonly request: RecordedRequest;
  readonly fingerprint: IdempotentRequest;
}

export const VECTORS = JSON.parse(readFileSync(join(__dirname, 'vectors.json'), 'utf8')) as Vectors;
