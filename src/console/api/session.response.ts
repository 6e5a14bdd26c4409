import { ApiProperty } from '@nestjs/swagger';
import { isAdmin, isAdminOfAllTenants } from '../../platform/auth/admin';
import type { UserPrincipal } from '../../platform/auth/principal';

/** Who the caller is, and what the caller may do. */
export class CallerSessionResponse {
  @ApiProperty()
  readonly user_id!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'The tenant that limits what the caller can see' })
  readonly tenant_id!: string | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'The mail address in the token' })
  readonly email!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: 'uk', description: 'The preferred language in the token' })
  readonly locale!: string | null;

  @ApiProperty({ description: 'Whether the caller is an administrator, of the tenant or of all tenants' })
  readonly is_admin!: boolean;

  @ApiProperty({ description: 'Whether the caller may change what all tenants share, such as data types' })
  readonly is_admin_of_all_tenants!: boolean;

  @ApiProperty({ type: 'string', format: 'date-time', description: 'When the token expires' })
  readonly expires_at!: string;

  static of(caller: UserPrincipal, expiresAt: Date): CallerSessionResponse {
    return {
      user_id: caller.userId,
      tenant_id: caller.tenantId,
      email: caller.email ?? null,
      locale: caller.locale ?? null,
      is_admin: isAdmin(caller),
      is_admin_of_all_tenants: isAdminOfAllTenants(caller),
      expires_at: expiresAt.toISOString(),
    };
  }
}
