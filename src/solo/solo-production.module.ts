import { Module } from '@nestjs/common';
import { Config } from '../platform/config/config';
import { ImageProcesses } from '../platform/images/image-processes';
import { FileStorage } from '../platform/storage/file-storage';
import { BoardSource } from './infrastructure/board.source';
import { BoardsSource } from './infrastructure/boards.source';
import { BusyThreads } from './infrastructure/drawing/busy-threads';
import { BoardPainter } from './infrastructure/drawing/board-painter';
import { GuardedAssetLoader } from './infrastructure/guarded-asset-loader';
import { PrismaSoloSessionRepository } from './infrastructure/solo-session.repository.prisma';
import { AssetLoader } from './model/domain/interfaces/asset-loader';
import { BoardRenderer } from './model/domain/interfaces/board-renderer';
import { SoloSessionRepository } from './model/domain/interfaces/solo-session.repository';

/** The sources of boards and their drawing, in the main thread and in production threads. */
@Module({
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
          busy: BusyThreads.ofProcess(boards.drawingThreads),
          budgetSeconds: boards.budgetSeconds,
          maxDepth: boards.maxDepth,
          assets,
          images,
        }),
    },
    BoardSource,
    BoardsSource,
  ],
  exports: [SoloSessionRepository, BoardRenderer],
})
export class SoloProductionModule {}
