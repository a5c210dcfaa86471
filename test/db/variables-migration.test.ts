import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findVariables } from '../../src/core/algorithms/variables.sql.ts'
import { openDb } from '../../src/db/sqlite.ts'
import { newPath } from './open.ts'

const sqlOf = (name: string) => readFileSync(join(import.meta.dir, '../../src/db/migrations', name), 'utf8')

test('variables from before are kept when the platform gets a level of its own', async () => {
  const db = openDb(newPath())
  db.connection.exec(sqlOf('0001_initial.sql'))
  db.connection.exec(`
    INSERT INTO algorithm_variables (entity_type, entity_id, algorithm_id, variables, revision, updated_at, updated_by)
    VALUES ('workspace', 3, 'summary_v1', '{"a":1}', 4, 1000, 'ann')`)
  db.connection.exec(sqlOf('0005_algorithms.sql'))
  expect(await findVariables(db, { type: 'workspace', id: 3 }, 'summary_v1')).toEqual({
    entityType: 'workspace',
    entityId: 3,
    algorithmId: 'summary_v1',
    variables: '{"a":1}',
    revision: 4,
  })
  db.close()
})
