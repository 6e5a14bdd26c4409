import { Global, Module } from '@nestjs/common';
import { JobQueue } from './job-queue';
import { JobWorker } from './job-worker';
import { QueueConnections } from './queue-connections';

@Global()
@Module({ providers: [QueueConnections, JobQueue, JobWorker], exports: [JobQueue, JobWorker] })
export class QueueModule {}
