import { Module, type OnModuleInit } from '@nestjs/common';
import { ExportModule, ExportSources } from '../export';
import { BoardExportsController } from './api/board-exports.controller';
import { SoloSessionsController } from './api/solo-sessions.controller';
import { ThumbnailController } from './api/thumbnail.controller';
import { BoardSource } from './infrastructure/board.source';
import { PrismaSoloSessionRepository } from './infrastructure/solo-session.repository.prisma';
import { ThreadedBoardRenderer } from './infrastructure/threaded-board-renderer';
import { AssetLoader, AssetRefusedError } from './model/board/asset-loader';
import { BoardRenderer } from './model/domain/interfaces/board-renderer';
import { SoloSessionRepository } from './model/domain/interfaces/solo-session.repository';
import { BoardExportService } from './model/services/board-export.service';
import { SessionThumbnailService } from './model/services/session-thumbnail.service';
import { SoloSessionService } from './model/services/solo-session.service';

@Module({
  imports: [ExportModule],
  controllers: [SoloSessionsController, ThumbnailController, BoardExportsController],
  providers: [
    { provide: SoloSessionRepository, useClass: PrismaSoloSessionRepository },
    { provide: BoardRenderer, useClass: ThreadedBoardRenderer },
    {
      provide: AssetLoader,
      useFactory: (): AssetLoader => ({ load: () => Promise.reject(new AssetRefusedError('not yet')) }),
    },
    SoloSessionService,
    SessionThumbnailService,
    BoardExportService,
    BoardSource,
  ],
})
export class SoloModule implements OnModuleInit {
  constructor(
    private readonly sources: ExportSources,
    private readonly boards: BoardSource,
  ) {}

  onModuleInit(): void {
    this.sources.addSource(this.boards);
  }
}
