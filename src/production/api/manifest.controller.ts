import { applyDecorators, Controller, Get, Header, HttpStatus, Param, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExcludeController,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CurrentCustomer, ForCustomers } from '../../customer';
import { AcceptsLink } from '../../platform/auth/accepts-link.decorator';
import type { AuthenticatedRequest } from '../../platform/auth/current-principal.decorator';
import type { CustomerPrincipal, Principal } from '../../platform/auth/principal';
import { Public } from '../../platform/auth/public.decorator';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { attachmentDisposition } from '../../platform/http/content-disposition';
import { etagOf, isNotModified } from '../../platform/http/etag';
import { OperationId } from '../../platform/http/operation-id';
import { MANIFEST_SCHEMA, MANIFEST_SCHEMA_PATH } from '../model/domain/manifest/manifest-schema';
import { ExportManifests } from '../model/services/export-manifests';
import { ManifestFileResponse } from './manifest.response';

const BY_LINK =
  ' With a token, or by the link in `file_url` with `/manifest` in place of `/download` (after the path of a one-time file).';

function ApiManifest({ byLink }: { readonly byLink: boolean }): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      summary: 'Get the manifest of an export',
      description:
        'Says what is in the file, and proves with checksums and a signature that a copy of it is complete and unmodified. ' +
        'It outlives the file. Use the exact bytes: they end with a line break.' +
        (byLink ? BY_LINK : ''),
    }),
    ApiHeader({ name: 'If-None-Match', required: false, description: 'The ETag of an earlier answer' }),
    ApiOkResponse({
      type: ManifestFileResponse,
      headers: { ETag: { description: 'The SHA-256 of the manifest', schema: { type: 'string' } } },
    }),
    ApiResponse({ status: 304, description: 'The client has the manifest already' }),
    ApiProblems(401, 403, 404, 409),
  );
}

@ApiTags('Exports')
@ApiBearerAuth()
@Controller()
export class ManifestController {
  constructor(private readonly manifests: ExportManifests) {}

  @OperationId('getExportManifest', 'getExportFileManifest')
  @Get(['exports/:id/manifest', 'export/:id/manifest'])
  @AcceptsLink(toFilePath)
  @ApiManifest({ byLink: true })
  get(@Param('id') id: string, @Req() request: AuthenticatedRequest, @Res() response: Response): Promise<void> {
    return send(this.manifests, { id, owner: request.principal ?? null }, request, response);
  }
}

@ForCustomers()
@Controller('customer')
export class CustomerManifestController {
  constructor(private readonly manifests: ExportManifests) {}

  @OperationId('getExportManifest')
  @Get('exports/:id/manifest')
  @ApiManifest({ byLink: false })
  get(
    @Param('id') id: string,
    @CurrentCustomer() owner: CustomerPrincipal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return send(this.manifests, { id, owner }, request, response);
  }
}

/** The JSON Schema of manifests, for everybody who has one. */
@ApiExcludeController()
@Public()
@Controller({ version: VERSION_NEUTRAL })
export class ManifestSchemaController {
  @Get(MANIFEST_SCHEMA_PATH)
  @Header('Content-Type', 'application/schema+json')
  @Header('Cache-Control', 'public, max-age=86400')
  @Header('Access-Control-Allow-Origin', '*')
  schema(): object {
    return MANIFEST_SCHEMA;
  }
}

/** The path that the link to the file of the same export signs. */
function toFilePath(path: string): string {
  return path.replace(/(\/exports\/[^/]+)\/manifest$/, '$1/download').replace(/(\/export\/[^/]+)\/manifest$/, '$1');
}

async function send(
  manifests: ExportManifests,
  { id, owner }: { readonly id: string; readonly owner: Principal | null },
  request: Request,
  response: Response,
): Promise<void> {
  const manifest = await manifests.get(id, owner);
  response.set({
    ETag: etagOf(manifest),
    'Cache-Control': 'private, no-cache',
    'Content-Disposition': attachmentDisposition(manifest.name),
  });
  if (isNotModified(request, etagOf(manifest))) response.status(HttpStatus.NOT_MODIFIED).end();
  else response.type('application/json').send(Buffer.from(manifest.text));
}
