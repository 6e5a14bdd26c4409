import { Controller, Get, Injectable, Param } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ForCustomers } from '../../customer';
import { CurrentPrincipal } from '../../platform/auth/current-principal.decorator';
import { ForUsers } from '../../platform/auth/for-users.decorator';
import type { Principal } from '../../platform/auth/principal';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { DeliveryReading } from '../model/services/delivery-reading';
import { DeliveryListResponse } from './delivery.response';
import { NotifyBody } from './notify.body';

@Injectable()
abstract class Deliveries {
  constructor(private readonly deliveries: DeliveryReading) {}

  @OperationId('listDeliveries')
  @Get(':id/deliveries')
  @ApiOperation({ summary: 'List the deliveries of an export' })
  @ApiOkResponse({ type: DeliveryListResponse })
  @ApiProblems(404)
  async list(@Param('id') id: string, @CurrentPrincipal() owner: Principal): Promise<DeliveryListResponse> {
    return DeliveryListResponse.of(await this.deliveries.list(id, owner));
  }
}

@ForUsers()
@ApiTags('Exports')
@ApiExtraModels(NotifyBody)
@Controller('exports')
export class DeliveriesController extends Deliveries {}

@ForCustomers()
@Controller('customer/exports')
export class CustomerDeliveriesController extends Deliveries {}
