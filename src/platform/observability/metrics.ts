import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';

/** The metrics of this process. Each concern declares its own on this registry. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
}
