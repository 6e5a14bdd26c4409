import { DomainError } from '../../platform/errors/domain-error';
import type { ChannelName } from '../../platform/outbox/planned-delivery';
import { BucketTargets } from '../model/domain/interfaces/bucket-targets';
import { DeliveryChannel, DeliveryRefusedError } from '../model/domain/interfaces/delivery-channel';

function unavailable(field: string): DomainError {
  return DomainError.invalid('invalid-request', 'The request is not valid', {
    field,
    message: 'must be left out: this service does not deliver this way',
  });
}

/** Stands where a way to deliver is not part of the program: nothing can be planned for it. */
export class UnavailableBuckets extends BucketTargets {
  override plan(_wish: unknown, field: string): Promise<never> {
    return Promise.reject(unavailable(field));
  }
}

export class UnavailableChannel extends DeliveryChannel {
  constructor(override readonly name: ChannelName) {
    super();
  }

  override deliver(): Promise<never> {
    return Promise.reject(new DeliveryRefusedError(`This service does not deliver by ${this.name}`));
  }
}
