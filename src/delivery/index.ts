/** The public API of the module: all that other modules may import. */
export { DeliveryModule } from './delivery.module';
export { Notify, NotifyBody } from './api/notify.body';
export { WebhookBody } from './channels/webhook/webhook.body';
export { type Language, LANGUAGES } from './model/domain/language';
export { DELIVERY_ATTEMPTED, readDeliveryStates } from './infrastructure/delivery-row';
export type { DeliveryState } from './model/domain/delivery-state';
export type { BucketInput } from './model/domain/interfaces/bucket-targets';
export type { WebhookInput } from './model/domain/interfaces/webhook-targets';
export { DeliveryPlanner, type NotifyInput } from './model/services/delivery-planner';
export {
  DeliveriesForScheduledExport,
  DELIVERY_METHODS,
  type DeliveryMethod,
  type ScheduleDeliveries,
  type ScheduleDeliveryInput,
} from './model/services/out.for-scheduled-export.service';
