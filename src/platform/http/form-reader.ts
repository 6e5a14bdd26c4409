import { isUtf8 } from 'node:buffer';
import { BadRequestException } from '@nestjs/common';
import { JsonDepthError, JsonScanner, JsonSyntaxError } from '../json/json-scanner';
import type { BodyReader } from './body.decorator';

export const MAX_FORM_BYTES = 256 * 1024;
/** Validation is recursive, and no form needs more levels. */
const MAX_FORM_DEPTH = 32;

/** Reads a small JSON object. */
export class FormReader implements BodyReader<object> {
  private readonly scanner = new JsonScanner({ maxDepth: MAX_FORM_DEPTH });

  write(chunk: Buffer): void {
    try {
      this.scanner.write(chunk);
    } catch (error) {
      throw refusal(error);
    }
  }

  end(bytes: Buffer): object {
    if (bytes.length === 0) return {};
    try {
      this.scanner.end();
    } catch (error) {
      throw refusal(error);
    }
    if (!isUtf8(bytes)) throw new BadRequestException('The body is not valid JSON: it must be in UTF-8');
    const form: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof form === 'object' && form !== null && !Array.isArray(form)) return form;
    throw new BadRequestException('The body must be a JSON object');
  }
}

function refusal(error: unknown): unknown {
  if (error instanceof JsonDepthError) return new BadRequestException('The body is nested too deeply');
  if (error instanceof JsonSyntaxError) return new BadRequestException('The body is not valid JSON');
  return error;
}
