import {
  Controller,
  Get,
  Header,
  NotFoundException,
  Param,
  Req,
  Res,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../../platform/auth/public.decorator';
import { Config } from '../../platform/config/config';
import type { WebFile } from '../../platform/http/web-file';
import { SignInService } from '../model/services/sign-in.service';
import { ConsoleFiles } from './console-files';
import { ConsoleGuard } from './console.guard';

/** What the page needs to know before anybody has signed in. */
interface ConsoleSettings {
  readonly oidc: { readonly issuer: string; readonly client_id: string; readonly scope: string } | null;
  readonly sign_in_links: boolean;
}

/** The page of the console and its files. It has one address: the page keeps what it shows in the fragment. */
@ApiExcludeController()
@Public()
@UseGuards(ConsoleGuard)
@Controller({ path: 'console', version: VERSION_NEUTRAL })
export class ConsoleController {
  constructor(
    private readonly config: Config,
    private readonly files: ConsoleFiles,
    private readonly signIn: SignInService,
  ) {}

  @Get()
  page(@Req() request: Request, @Res() response: Response): void {
    const file = found(this.files.page);
    // The page names its files relative to its address. A relative redirect keeps the path that a proxy puts before it.
    if (request.path.endsWith('/')) sendChangeable(file, request, response);
    else response.redirect(308, 'console/');
  }

  @Get('config.json')
  @Header('Cache-Control', 'no-store')
  settings(): ConsoleSettings {
    const { oidc } = this.config.console;
    return {
      oidc: oidc && { issuer: oidc.issuer, client_id: oidc.clientId, scope: oidc.scope },
      sign_in_links: this.signIn.isAvailable,
    };
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Req() request: Request, @Res() response: Response): void {
    const headers = { 'Cache-Control': 'public, max-age=31536000, immutable' };
    found(this.files.findAsset(name)).send(request, response, headers);
  }

  @Get(':name')
  file(@Param('name') name: string, @Req() request: Request, @Res() response: Response): void {
    sendChangeable(found(this.files.find(name)), request, response);
  }

  @Get('*path')
  nothing(): never {
    throw new NotFoundException();
  }
}

/** Sends a file that the next version replaces. */
function sendChangeable(file: WebFile, request: Request, response: Response): void {
  file.send(request, response, { 'Cache-Control': 'no-cache' });
}

/** @throws NotFoundException also where the console is not built */
function found(file: WebFile | undefined): WebFile {
  if (!file) throw new NotFoundException();
  return file;
}
