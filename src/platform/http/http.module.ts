import { Global, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { BodyInterceptor } from './body.interceptor';
import { LargeBodies } from './large-bodies';
import { ProblemDetailsFilter } from './problem-details.filter';
import { RequestContextMiddleware } from './request-context.middleware';
import { RouteOrder } from './route-order';
import { RequestValidationPipe } from './validation.pipe';

/** Body limits, validation, problem details and request ids of all routes. */
@Global()
@Module({
  providers: [
    LargeBodies,
    RouteOrder,
    { provide: APP_FILTER, useClass: ProblemDetailsFilter },
    { provide: APP_INTERCEPTOR, useClass: BodyInterceptor },
    { provide: APP_PIPE, useClass: RequestValidationPipe },
  ],
  exports: [LargeBodies],
})
export class HttpModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(RequestContextMiddleware).forRoutes('*splat');
  }
}
