import { HttpStatus, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import type { Principal } from '../../platform/auth/principal';
import { Config } from '../../platform/config/config';
import { RateLimitUses } from '../../platform/database/rate-limit-uses';
import { rateLimitHeaders } from '../../platform/rate-limit';
import type { EstimateInput } from '../../export';
import { ExportEstimates } from '../model/services/export-estimates';
import { ExportEstimateResponse } from './estimate.response';

/** Responds to requests for estimates, and to creating requests with `dry_run`. */
@Injectable()
export class EstimateResponder {
  constructor(
    private readonly estimates: ExportEstimates,
    private readonly uses: RateLimitUses,
    private readonly config: Config,
  ) {}

  /**
   * @param authorize checks the caller's right to the export. It runs after the request has been counted, because it costs work
   * @throws RateLimitExceededError, and what the authorization and the estimate throw
   */
  async send(caller: Principal, authorize: () => Promise<EstimateInput>, response: Response): Promise<void> {
    const limit = this.config.requestLimits.estimates;
    if (limit) response.set(rateLimitHeaders(await this.uses.take('estimates', caller, limit)));
    const estimate = await this.estimates.estimate(await authorize());
    response.status(HttpStatus.OK).json(ExportEstimateResponse.of(estimate));
  }
}
