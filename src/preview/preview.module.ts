import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CustomerModule } from '../customer';
import { Estimator, ExportModule } from '../export';
import { ProductionModule } from '../production';
import { EstimateResponder } from './api/estimate-responder';
import { CustomerEstimatesController, EstimatesController } from './api/estimates.controller';
import { ExportBodies } from './api/export-bodies';
import { CustomerPreviewController, PreviewController } from './api/preview.controller';
import { PrismaEstimateHistory } from './infrastructure/estimate-history.prisma';
import { ImageProcessPictureShrinker } from './infrastructure/image-process-picture-shrinker';
import { PrismaPreviewLog } from './infrastructure/preview-log.prisma';
import { EstimateHistory } from './model/domain/interfaces/estimate-history';
import { PictureShrinker } from './model/domain/interfaces/picture-shrinker';
import { PreviewLog } from './model/domain/interfaces/preview-log';
import { ExportEstimates } from './model/services/export-estimates';
import { ExportPreviews } from './model/services/export-previews';

/** Estimates exports, and shows what is in their files. Global, because it provides a port of `export`, which does not know it. */
@Global()
@Module({
  imports: [CustomerModule, DiscoveryModule, ExportModule, ProductionModule],
  controllers: [EstimatesController, CustomerEstimatesController, PreviewController, CustomerPreviewController],
  providers: [
    ExportEstimates,
    { provide: Estimator, useExisting: ExportEstimates },
    { provide: EstimateHistory, useClass: PrismaEstimateHistory },
    { provide: PictureShrinker, useClass: ImageProcessPictureShrinker },
    { provide: PreviewLog, useClass: PrismaPreviewLog },
    ExportBodies,
    EstimateResponder,
    ExportPreviews,
  ],
  exports: [Estimator, ExportEstimates, EstimateResponder],
})
export class PreviewModule {}
