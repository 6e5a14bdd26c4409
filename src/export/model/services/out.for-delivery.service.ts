import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Export } from '../domain/export';
import { ExportRepository } from '../domain/interfaces/export.repository';
import type { Principal } from '../../../platform/auth/principal';
import { ExportFiles } from './export-files';
import { getExport } from './export.service';

/** What deliveries may ask of exports. */
@Injectable()
export class ExportsForDelivery {
  constructor(
    private readonly records: ExportRepository,
    private readonly files: ExportFiles,
  ) {}

  /** @throws DomainError not-found, also for an export of another owner */
  get(exportId: string, owner: Principal): Promise<Export> {
    return getExport(this.records, exportId, owner);
  }

  find(exportId: string): Promise<Export | null> {
    return this.records.find(exportId);
  }

  /** A link for as long as there is a file, for who reads it when they find the time; `null` where there is no file. */
  lastingLinkTo(source: Export): string | null {
    return this.files.lastingLinkTo(source);
  }

  /**
   * The bytes of a completed export's file.
   * @throws DomainError gone | conflict
   */
  async open(source: Export): Promise<Readable> {
    return this.files.open(await this.files.find(source.id, null));
  }
}
