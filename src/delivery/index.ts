/** The public API of the module: other modules import nothing else. */
export { DeliveryModule } from './delivery.module';
export {
  DELIVERY_METHODS,
  DestinationOptionsBody,
  DestinationOptionsResponse,
  toDestinationOptions,
} from './api/destination-options.body';
export { Notify, NotifyBody } from './api/notify.body';
export { CHANNEL_NAMES, findChannel } from './channels';
export { WebhookBody } from './channels/webhook/webhook.descriptor';
export { DELIVERY_ATTEMPTED, readDeliveryStates } from './infrastructure/delivery-row';
export { DELIVERY_CODES, type DeliveryCode } from './model/domain/delivery-codes';
export { DestinationTestResponse } from './api/destination-test.response';
export type { DeliveryState } from './model/domain/delivery-state';
export { type Language, LANGUAGES } from './model/domain/language';
export type { ScheduleDelivery, ScheduleDeliveryInput } from './model/domain/channel-descriptor';
export { DOWNLOAD } from './model/domain/schedule-delivery';
export { DeliveryPlanner, type NotifyInput } from './model/services/delivery-planner';
export { DestinationTests } from './model/services/destination-tests';
export { DeliveriesForScheduledExport } from './model/services/out.for-scheduled-export.service';
