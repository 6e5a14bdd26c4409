import { ApiProperty } from '@nestjs/swagger';

/** The form of a manifest. It is sent as it was signed, so no instance is ever made. */
export class ManifestFileResponse {
  @ApiProperty({
    type: Object,
    description: 'What is in the export: see the JSON Schema at `/schemas/export-manifest-1.json`',
  })
  readonly manifest!: object;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'A compact JWS (Ed25519) whose payload is exactly the text of `manifest`; its key is in `/.well-known/jwks.json`. Null if ' +
      'the service has no key.',
  })
  readonly jws!: string | null;
}
