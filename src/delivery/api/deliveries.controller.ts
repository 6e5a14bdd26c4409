import { Controller, Get, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentCustomer, ForCustomers } from '../../customer';
import type { UserPrincipal, CustomerPrincipal } from '../../platform/auth/principal';
import { CurrentUser } from '../../platform/auth/current-principal.decorator';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { DeliveryReading } from '../model/services/delivery-reading';
import { DeliveryListResponse } from './delivery.response';
import { NotifyBody } from './notify.body';

const SUMMARY = 'List the deliveries of an export';

@ApiTags('Exports')
@ApiBearerAuth()
@ApiExtraModels(NotifyBody)
@Controller('exports')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveryReading) {}

  @OperationId('listDeliveries')
  @Get(':id/deliveries')
  @ApiOperation({ summary: SUMMARY })
  @ApiOkResponse({ type: DeliveryListResponse })
  @ApiProblems(401, 404)
  async list(@Param('id') id: string, @CurrentUser() caller: UserPrincipal): Promise<DeliveryListResponse> {
    return DeliveryListResponse.of(await this.deliveries.list(id, caller));
  }
}

/** The same for external systems. */
@ForCustomers()
@Controller('customer/exports')
export class CustomerDeliveriesController {
  constructor(private readonly deliveries: DeliveryReading) {}

  @OperationId('listDeliveries')
  @Get(':id/deliveries')
  @ApiOperation({ summary: SUMMARY })
  @ApiOkResponse({ type: DeliveryListResponse })
  @ApiProblems(404)
  async list(@Param('id') id: string, @CurrentCustomer() owner: CustomerPrincipal): Promise<DeliveryListResponse> {
    return DeliveryListResponse.of(await this.deliveries.list(id, owner));
  }
}
