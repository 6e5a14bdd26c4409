/** The door of the module: what other modules may import, and nothing more. */
export { DeliveryModule } from './delivery.module';
export { Notify, NotifyBody } from './api/notify.body';
export { type Language, LANGUAGES } from './model/domain/language';
export { DeliveryPlanner, type NotifyWish } from './model/services/delivery-planner';
export { DeliveriesForScheduledExport } from './model/services/out.for-scheduled-export.service';
