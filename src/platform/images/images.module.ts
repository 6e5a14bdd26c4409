import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config';
import { ImageProcesses } from './image-processes';

@Global()
@Module({
  providers: [
    {
      provide: ImageProcesses,
      inject: [Config],
      useFactory: ({ images }: Config) => new ImageProcesses(images),
    },
  ],
  exports: [ImageProcesses],
})
export class ImagesModule {}
