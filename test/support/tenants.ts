import { insertOrganization, insertPartner, insertWorkspace } from '../../src/core/tenancy/tenants.sql.ts'
import { type TestAppliance, tokenFor } from './appliance.ts'

export interface Tokens {
  platform: string
  partner: string
  organization: string
  /** Of the default workspace. */
  workspace: string
  /** Of a second workspace in the default organization. */
  sibling: string
  /** Of a workspace under another partner. */
  stranger: string
}

/**
 * Beside the default tenants: workspace `second` in the default organization, and `elsewhere`, a partner with an
 * organization and a workspace of the same name. One token for each.
 */
export async function makeTenants(appliance: TestAppliance): Promise<Tokens> {
  const { app } = appliance
  await app.db.tx(async (tx) => {
    await insertWorkspace(tx, { slug: 'second', name: 'Second', organizationId: 1, partnerId: 1 })
    const named = { slug: 'elsewhere', name: 'Elsewhere' }
    const partner = (await insertPartner(tx, named))!
    const organization = (await insertOrganization(tx, { ...named, partnerId: partner.id }))!
    await insertWorkspace(tx, { ...named, organizationId: organization.id, partnerId: partner.id })
  })
  return {
    platform: appliance.token,
    partner: await tokenFor(appliance, { scope: 'partner' }),
    organization: await tokenFor(appliance, { scope: 'organization' }),
    workspace: await tokenFor(appliance, { scope: 'workspace' }),
    sibling: await tokenFor(appliance, { scope: 'workspace', for: 'second' }),
    stranger: await tokenFor(appliance, { scope: 'workspace', for: 'elsewhere' }),
  }
}
