import { Module, type OnModuleInit } from '@nestjs/common';
import { CustomerModule } from '../customer';
import { DeliveryModule } from '../delivery';
import { ExportModule } from '../export';
import { Config } from '../platform/config/config';
import { ImageProcesses } from '../platform/images/image-processes';
import { FileStorage } from '../platform/storage/file-storage';
import { OrphanFileCollector } from '../platform/work/orphan-file-collector';
import { BoardExportBody } from './api/board-export.dto';
import { BoardExportsController, CustomerBoardExportsController } from './api/board-exports.controller';
import { FilteredBoardsExportBody, NamedBoardsExportBody } from './api/boards-export.dto';
import { BoardsExportsController, CustomerBoardsExportsController } from './api/boards-exports.controller';
import { CustomerSessionsController } from './api/customer-sessions.controller';
import { SessionPresenter } from './api/session.presenter';
import { SoloSessionsController } from './api/solo-sessions.controller';
import { ThumbnailController } from './api/thumbnail.controller';
import { BoardSource } from './infrastructure/board.source';
import { BoardsSource } from './infrastructure/boards.source';
import { PrismaSoloSessionRepository } from './infrastructure/solo-session.repository.prisma';
import { GuardedAssetLoader } from './infrastructure/guarded-asset-loader';
import { BoardPainter } from './infrastructure/drawing/board-painter';
import { AssetLoader } from './model/domain/interfaces/asset-loader';
import { BoardRenderer } from './model/domain/interfaces/board-renderer';
import { SoloSessionRepository } from './model/domain/interfaces/solo-session.repository';
import { THUMBNAILS } from './model/domain/solo-session';
import { BoardExportService } from './model/services/board-export.service';
import { BoardsExportService } from './model/services/boards-export.service';
import { SessionThumbnailService } from './model/services/session-thumbnail.service';
import { SoloSessionService } from './model/services/solo-session.service';

@Module({
  imports: [ExportModule, DeliveryModule, CustomerModule],
  controllers: [
    SoloSessionsController,
    ThumbnailController,
    BoardExportsController,
    CustomerSessionsController,
    CustomerBoardExportsController,
    BoardsExportsController,
    CustomerBoardsExportsController,
  ],
  providers: [
    { provide: SoloSessionRepository, useClass: PrismaSoloSessionRepository },
    {
      provide: AssetLoader,
      inject: [FileStorage, Config],
      useFactory: (storage: FileStorage, { boards }: Config) => new GuardedAssetLoader(storage, boards.assets),
    },
    {
      provide: BoardRenderer,
      inject: [AssetLoader, ImageProcesses, Config],
      useFactory: (assets: AssetLoader, images: ImageProcesses, { boards }: Config) =>
        new BoardPainter({
          threads: boards.drawingThreads,
          budgetSeconds: boards.budgetSeconds,
          maxDepth: boards.maxDepth,
          assets,
          images,
        }),
    },
    SoloSessionService,
    SessionPresenter,
    SessionThumbnailService,
    BoardExportService,
    BoardSource,
    BoardExportBody,
    BoardsExportService,
    BoardsSource,
    NamedBoardsExportBody,
    FilteredBoardsExportBody,
  ],
})
export class SoloModule implements OnModuleInit {
  constructor(
    private readonly storage: OrphanFileCollector,
    private readonly sessions: SoloSessionRepository,
  ) {}

  onModuleInit(): void {
    this.storage.register({ prefix: THUMBNAILS, findReferenced: (keys) => this.sessions.findThumbnailsAmong(keys) });
  }
}
