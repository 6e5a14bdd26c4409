/** A person who proved who they are by a token. */
export interface Caller {
  readonly userId: string;
  /** Confines everything the caller sees and does; `null` for a platform without tenants. */
  readonly tenantId: string | null;
  readonly roles: readonly string[];
}
