import { type Scope, scopes } from '../core/tenancy/actors.ts'
import { listTokens, revokeToken, type Token } from '../core/tenancy/tokens.sql.ts'
import { createToken } from '../core/tenancy/tokens.ts'
import { type Command, ExpectedFailure, type Invocation, printJson, textFlag, WrongUse } from './command.ts'
import { withDb } from './open.ts'

export const token: Command = {
  name: 'token',
  summary: 'create --scope SCOPE [--for TENANT] [--name N] [--may-read-originals] | list | revoke ID',
  positionals: ['create|list|revoke', '[ID]'],
  flags: {
    scope: { type: 'string' },
    for: { type: 'string' },
    name: { type: 'string' },
    'may-read-originals': { type: 'boolean' },
  },
  run(invocation) {
    const [verb = 'list'] = invocation.positionals
    const action = { create, list, revoke }[verb]
    if (!action) throw new WrongUse('earshot token create|list|revoke')
    return action(invocation)
  },
}

async function create(invocation: Invocation): Promise<number> {
  const scope = textFlag(invocation, 'scope')
  if (!scopes.includes(scope as Scope)) throw new WrongUse(`--scope is one of ${scopes.join(', ')}`)
  const request = {
    scope: scope as Scope,
    for: textFlag(invocation, 'for'),
    name: textFlag(invocation, 'name'),
    mayReadOriginals: invocation.flags['may-read-originals'] === true,
  }
  const made = await withDb(invocation.settings(), (db) => db.tx((tx) => createToken(tx, request)))
  if (invocation.json) printJson({ ...present(made.row), token: made.token })
  else console.log(made.token)
  return 0
}

async function list({ settings, json }: Invocation): Promise<number> {
  const tokens = await withDb(settings(), (db) => listTokens(db))
  if (json) printJson({ tokens: tokens.map(present) })
  else for (const row of tokens) console.log(line(row))
  return 0
}

async function revoke({ positionals: [, id], settings, json }: Invocation): Promise<number> {
  if (!id) throw new WrongUse('earshot token revoke ID')
  const revoked = await withDb(settings(), (db) => db.tx((tx) => revokeToken(tx, id)))
  if (!revoked) throw new ExpectedFailure('There is no such token, or it was revoked before')
  if (json) printJson({ token_id: id, revoked: true })
  else console.log(`Revoked ${id}`)
  return 0
}

const present = (row: Token) => ({
  token_id: row.uuid,
  hint: `esk_…${row.hint}`,
  name: row.name,
  scope: row.scope,
  created_at: new Date(row.createdAt).toISOString(),
  expires_at: row.expiresAt === null ? null : new Date(row.expiresAt).toISOString(),
  revoked_at: row.revokedAt === null ? null : new Date(row.revokedAt).toISOString(),
})

const line = (row: Token) =>
  [
    row.uuid,
    `esk_…${row.hint}`,
    row.scope.padEnd(12),
    row.revokedAt ? 'revoked' : 'active ',
    row.name ?? '',
  ].join('  ')
