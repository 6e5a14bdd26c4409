import { Module, type OnModuleInit } from '@nestjs/common';
import { CustomerModule } from '../customer';
import { DeliveryModule } from '../delivery';
import { ExportModule } from '../export';
import { OrphanFileCollector } from '../platform/work/orphan-file-collector';
import { BoardExportBody } from './api/board-export.dto';
import { BoardExportsController, CustomerBoardExportsController } from './api/board-exports.controller';
import { FilteredBoardsExportBody, NamedBoardsExportBody } from './api/boards-export.dto';
import { BoardsExportsController, CustomerBoardsExportsController } from './api/boards-exports.controller';
import { CustomerSessionsController } from './api/customer-sessions.controller';
import { SessionPresenter } from './api/session.presenter';
import { SoloSessionsController } from './api/solo-sessions.controller';
import { ThumbnailController } from './api/thumbnail.controller';
import { SoloSessionRepository } from './model/domain/interfaces/solo-session.repository';
import { THUMBNAILS } from './model/domain/solo-session';
import { BoardExportService } from './model/services/board-export.service';
import { BoardsExportService } from './model/services/boards-export.service';
import { SessionThumbnailService } from './model/services/session-thumbnail.service';
import { SoloSessionService } from './model/services/solo-session.service';
import { SoloProductionModule } from './solo-production.module';

@Module({
  imports: [ExportModule, DeliveryModule, CustomerModule, SoloProductionModule],
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
    SoloSessionService,
    SessionPresenter,
    SessionThumbnailService,
    BoardExportService,
    BoardExportBody,
    BoardsExportService,
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
