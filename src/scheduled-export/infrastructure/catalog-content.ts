import { Injectable } from '@nestjs/common';
import { CatalogForScheduledExport } from '../../catalog';
import type { Caller } from '../../platform/auth/caller';
import {
  type GrantedContent,
  ScheduledContent,
  type ScheduledRows,
} from '../model/domain/interfaces/scheduled-content';

@Injectable()
export class CatalogContent extends ScheduledContent {
  constructor(private readonly catalog: CatalogForScheduledExport) {
    super();
  }

  override check(caller: Caller, rows: ScheduledRows): Promise<GrantedContent> {
    return this.catalog.check(caller, rows);
  }
}
