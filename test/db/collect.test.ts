import { expect, test } from 'bun:test'
import type { Collector } from '../../src/db/db.ts'
import { note, openNotes, texts } from './open.ts'

const together: Collector<string> = async (tx, items) => {
  await tx.run(note(items.join(' ')))
}

test('what concurrent writes collect is written once, in their commit', async () => {
  const { db } = openNotes()
  await Promise.all(['one', 'two', 'three'].map((item) => db.tx(async (tx) => tx.collect(together, item))))
  expect(await texts(db)).toEqual(['one two three'])
  await db.tx(async (tx) => tx.collect(together, 'four'))
  expect(await texts(db)).toEqual(['one two three', 'four'])
})

test('what was undone collects nothing', async () => {
  const { db } = openNotes()
  await Promise.allSettled([
    db.tx(async (tx) => {
      tx.collect(together, 'undone')
      throw new Error('changed my mind')
    }),
    db.tx(async (tx) => {
      tx.collect(together, 'before')
      const inner = tx.attempt(async () => {
        tx.collect(together, 'undone too')
        throw new Error('changed my mind')
      })
      await inner.catch(() => undefined)
      tx.collect(together, 'after')
    }),
  ])
  expect(await texts(db)).toEqual(['before after'])
})

test('without what was collected nothing of the commit is kept, and the next one is as if it had not been', async () => {
  const { db } = openNotes()
  const fails: Collector<string> = async () => {
    throw new Error('no room')
  }
  const outcomes = await Promise.allSettled([
    db.tx((tx) => tx.run(note('lost'))),
    db.tx(async (tx) => {
      await tx.run(note('lost too'))
      tx.collect(fails, 'item')
    }),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await db.tx((tx) => tx.run(note('kept')))
  expect(await texts(db)).toEqual(['kept'])
})
