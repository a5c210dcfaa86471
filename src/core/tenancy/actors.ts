export const scopes = ['platform', 'partner', 'organization', 'workspace'] as const
export type Scope = (typeof scopes)[number]

export const entityTypes = ['partner', 'organization', 'workspace'] as const
/** A level of the hierarchy that can have configuration. */
export type EntityType = (typeof entityTypes)[number]

export interface Entity {
  type: EntityType
  id: number
}

/** Who asks: a token, and the tenant it belongs to. It sees that tenant and what is below it. */
export interface Actor {
  /** Null for the token that the operator sets from outside. */
  tokenId: number | null
  tokenUuid: string | null
  name: string | null
  scope: Scope
  partnerId: number | null
  organizationId: number | null
  workspaceId: number | null
  /** Requests per minute instead of the scope's; 0 for any number. */
  rateLimit: number | null
  mayReadOriginals: number
  /** Where the request came from; absent for what no request asked for. */
  address?: () => string
}
