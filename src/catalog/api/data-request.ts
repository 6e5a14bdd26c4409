import { type EstimateInput, toRetentionSeconds } from '../../export';
import { ExportBody, ExportBodyProvider } from '../../preview';
import type { UserPrincipal } from '../../platform/auth/principal';
import { DomainError } from '../../platform/errors/domain-error';
import { type DataRequest, toFileOptions } from '../model/domain/data-query';
import { DataExportService } from '../model/services/data-export.service';
import { BulkExportBody, DataExportBody, type RowsBody } from './data-export.dto';

export function toRowsRequest(body: DataExportBody): DataRequest {
  const { type, format, user_id: userId, data_types: dataTypes } = body;
  return { type, format, userId, dataTypes, ...toCommonRequest(body) };
}

export function toTablesRequest(body: BulkExportBody): DataRequest {
  const { tables, format } = body;
  return { type: 'bulk', tables, format, ...toCommonRequest(body) };
}

/** The fields that both requests share. Columns may be at the top level or in the options. */
function toCommonRequest({
  filters,
  columns,
  options,
  notify,
  retention_days: days,
}: RowsBody): Pick<DataRequest, 'filters' | 'columns' | 'options' | 'notify' | 'retentionSeconds'> {
  const { columns: optionalColumns, ...file } = options ?? {};
  if (columns !== undefined && optionalColumns !== undefined) {
    const message = 'must be in one place only: at the top level or here';
    throw DomainError.invalidRequest({ field: 'options.columns', message });
  }
  const retentionSeconds = toRetentionSeconds(days);
  return { filters, columns: columns ?? optionalColumns, options: toFileOptions(file), notify, retentionSeconds };
}

@ExportBodyProvider({ field: 'type', body: DataExportBody, isForCustomers: false })
export class RowsExportBody extends ExportBody {
  constructor(private readonly data: DataExportService) {
    super();
  }

  override authorize(caller: UserPrincipal, body: DataExportBody): Promise<EstimateInput> {
    return this.data.prepareEstimate(caller, toRowsRequest(body));
  }
}

@ExportBodyProvider({ field: 'tables', body: BulkExportBody, isForCustomers: false })
export class TablesExportBody extends ExportBody {
  constructor(private readonly data: DataExportService) {
    super();
  }

  override authorize(caller: UserPrincipal, body: BulkExportBody): Promise<EstimateInput> {
    return this.data.prepareEstimate(caller, toTablesRequest(body));
  }
}
