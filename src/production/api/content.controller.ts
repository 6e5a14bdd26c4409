import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Body, Controller, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { UserPrincipal } from '../../platform/auth/principal';
import { CurrentUser } from '../../platform/auth/current-principal.decorator';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { RawBody } from '../../platform/http/body.decorator';
import { OperationId } from '../../platform/http/operation-id';
import { UploadedPictureService } from '../model/services/uploaded-picture.service';
import { ExportPresenter, ExportResponse } from '../../export';

/** More than a drawn page of 8192 × 8192 pixels takes. */
const MAX_PICTURE_BYTES = 25 * 1024 * 1024;

@ApiTags('Exports')
@ApiBearerAuth()
@Controller('exports')
export class ContentController {
  constructor(
    private readonly pictures: UploadedPictureService,
    private readonly presenter: ExportPresenter,
  ) {}

  @OperationId('uploadExportContent')
  @Put(':id/content')
  @RawBody({ types: ['image/png', 'text/plain'], limitOf: () => MAX_PICTURE_BYTES })
  @ApiOperation({
    summary: 'Upload the picture of a PNG export',
    description:
      'The bytes of a PNG, or the data URL of a Konva stage. It replaces the picture that the service draws.',
  })
  @ApiConsumes('image/png', 'text/plain')
  @ApiBody({ required: true, schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ type: ExportResponse, description: 'The completed export' })
  @ApiProblems(400, 401, 404, 408, 409, 413, 415, 429)
  async put(
    @Param('id') id: string,
    @CurrentUser() caller: UserPrincipal,
    @Body() body: Buffer,
  ): Promise<ExportResponse> {
    return this.presenter.record(await this.pictures.store(id, await toPng(body), caller));
  }
}

const DATA_URL = /^data:image\/png;base64,/;

/** The body itself, or the content of a data URL, as `stage.toDataURL()` returns it. */
async function toPng(body: Buffer): Promise<Buffer> {
  const [prefix] = DATA_URL.exec(body.toString('latin1', 0, 40)) ?? [];
  return prefix === undefined ? body : decodeBase64(body, prefix.length);
}

/** A multiple of 4, the length of a base64 group. */
const CHUNK_BYTES = 256 * 1024;

/** Decodes a buffer from `start` in place, so that a large picture is in memory once. */
async function decodeBase64(bytes: Buffer, start: number): Promise<Buffer> {
  let length = 0;
  let rest = '';
  for (let at = start; at < bytes.length; at += CHUNK_BYTES) {
    const text = rest + bytes.toString('latin1', at, at + CHUNK_BYTES).replaceAll(/[^\w+/-]/g, '');
    const whole = text.length - (text.length % 4);
    rest = text.slice(whole);
    length += bytes.write(text.slice(0, whole), length, 'base64');
    await yieldToEventLoop();
  }
  length += bytes.write(rest, length, 'base64');
  return bytes.subarray(0, length);
}
