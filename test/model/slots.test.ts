import { expect, test } from 'bun:test'
import { makeSlots } from '../../src/model/slots.ts'

const never = new AbortController().signal

test('no more go on at a time than there are slots, and all get their turn', async () => {
  const inSlot = makeSlots(2)
  let now = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++now)
    await Bun.sleep(2)
    now--
  }
  await Promise.all(Array.from({ length: 9 }, () => inSlot(never, work)))
  expect([most, now]).toEqual([2, 0])
})

test('a failure gives its slot back', async () => {
  const inSlot = makeSlots(1)
  await expect(inSlot(never, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await inSlot(never, async () => 'next')).toBe('next')
})

test('who is aborted while waiting leaves the line, and takes no slot along', async () => {
  const inSlot = makeSlots(1)
  const abort = new AbortController()
  const first = inSlot(never, () => Bun.sleep(20))
  const second = inSlot(abort.signal, async () => 'never')
  const third = inSlot(never, async () => 'third')
  abort.abort(new Error('over'))
  await expect(second).rejects.toThrow('over')
  await first
  expect(await third).toBe('third')
  await expect(inSlot(abort.signal, async () => 'never')).rejects.toThrow('over')
})
