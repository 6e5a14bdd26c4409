/** The public API of the module: all that other modules may import. */
export { PreviewModule } from './preview.module';
export { EstimateResponder } from './api/estimate-responder';
export { ExportBody, ExportBodyProvider } from './api/export-body';
export { SAMPLE_ROWS } from './model/domain/detailed-estimate';
export { ExportEstimates } from './model/services/export-estimates';
