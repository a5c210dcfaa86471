import { describe, expect, test } from 'bun:test'
import { birthDates, callDay, dateMentions, dayOf, timeMentions, usualHours } from '../../src/text/index.ts'
import { callOf } from '../support/calls.ts'

const tuesday = dayOf(2025, 3, 11)

describe('dates, on Tuesday 11 March 2025', () => {
  test.each([
    ['tomorrow', '2025-03-12'],
    ['the day after tomorrow', '2025-03-13'],
    ['this Friday', '2025-03-14'],
    ['friday', '2025-03-14'],
    ['next Tuesday', '2025-03-18'],
    ['next thursday', '2025-03-20'],
    ['Thursday next week', '2025-03-20'],
    ['Tuesday the 18th', '2025-03-18'],
    ['Friday the 21st', '2025-03-21'],
    ['Wednesday, March 19th', '2025-03-19'],
    ['April 3rd', '2025-04-03'],
    ['march third', '2026-03-03'],
    ['the third of April', '2025-04-03'],
    ['april twenty second twenty twenty five', '2025-04-22'],
    ['the twenty third', '2025-03-23'],
    ['a week from Monday', '2025-03-24'],
    ['in two weeks', '2025-03-25'],
    ['in a couple of days', '2025-03-13'],
    ['three weeks from today', '2025-04-01'],
    ['03/14/2025', '2025-03-14'],
    ['14.03.2025', '2025-03-14'],
    ['2025-03-14', '2025-03-14'],
  ])('%s is %s', (text, date) => {
    expect(dateMentions(text, { today: tuesday })).toMatchObject([
      { date, past: false, start: 0, end: text.length },
    ])
  })

  test.each([
    'I may go',
    'march on',
    'the second one',
    'in 24 hours',
    'one of the first',
    'version 3.1',
    'the sun is out',
  ])('%s is none', (text) => {
    expect(dateMentions(text, { today: tuesday })).toEqual([])
  })

  test.each([
    ['last Tuesday', '2025-03-04'],
    ['last Friday', '2025-03-07'],
    ['two weeks ago', '2025-02-25'],
    ['yesterday', '2025-03-10'],
  ])('%s is past', (text, date) => {
    expect(dateMentions(text, { today: tuesday })).toMatchObject([{ date, past: true }])
  })

  test('the day comes first where that is usual', () => {
    expect(dateMentions('04/03/2025', { today: tuesday, dayFirst: true })[0]?.date).toBe('2025-03-04')
  })

  test('without the day of the call only whole dates can be told', () => {
    expect(
      dateMentions('tomorrow or March 3rd or March 4th 2025', { today: null }).map((one) => one.date),
    ).toEqual(['2025-03-04'])
  })
})

describe('the day of the call', () => {
  const startedAt = '2025-03-11T23:30:00-05:00'
  test.each([
    [null, '2025-03-12', dayOf(2025, 3, 11)],
    ['Europe/Berlin', '2025-03-12', dayOf(2025, 3, 12)],
    ['Nowhere/Else', '', dayOf(2025, 3, 11)],
  ])('in zone %s', (time_zone, _, day) => {
    expect(callDay({ started_at: startedAt, time_zone })).toBe(day)
  })

  test('is unknown without a start', () => {
    expect(callDay({ started_at: null, time_zone: 'Europe/Berlin' })).toBeNull()
  })
})

describe('times', () => {
  test.each([
    ['2:30', ['14:30']],
    ['two thirty in the afternoon', ['14:30']],
    ['half past two', ['14:30']],
    ['quarter to nine', ['08:45']],
    ['ten to nine', ['08:50']],
    ['noon', ['12:00']],
    ['at nine', ['09:00']],
    ['9 a.m.', ['09:00']],
    ['seven pm', ['19:00']],
    ['at seven', ['19:00']],
    ['tomorrow evening at eight', ['20:00']],
    ['nine oh five', ['09:05']],
    ["10 o'clock", ['10:00']],
    ['14:30', ['14:30']],
    ['I have ten or two thirty', ['10:00', '14:30']],
    ['make that three', ['15:00']],
    ['ten works', ['10:00']],
    ['a table for four at seven', ['19:00']],
    ['make that three people', []],
    ['in two hours', []],
    ['thirty minutes', []],
    ['it costs 230 dollars', []],
    ['call 415 555 0134', []],
    ['five five five oh one three four', []],
  ])('%s', (text, times) => {
    expect(timeMentions(text, usualHours).map((one) => one.time)).toEqual(times)
  })

  test('the end of a range is marked', () => {
    expect(timeMentions('between two and four').map(({ time, until }) => [time, until])).toEqual([
      ['14:00', false],
      ['16:00', true],
    ])
  })

  test('other hours decide otherwise', () => {
    expect(timeMentions('at eight', { opens: 11, closes: 22 })[0]?.time).toBe('20:00')
  })
})

describe('dates of birth', () => {
  test.each([
    ['March third nineteen eighty five', '1985-03-03'],
    ['three fourteen eighty five', '1985-03-14'],
    ['oh three, fourteen, nineteen eighty five', '1985-03-14'],
    ['03/14/1985', '1985-03-14'],
    ['1985-03-14', '1985-03-14'],
    ['the third of March 85', '1985-03-03'],
    ['december twenty first two thousand and three', '2003-12-21'],
    ["July 4th, '76", '1976-07-04'],
    ['03141985', '1985-03-14'],
  ])('%s', (text, date) => {
    const { turns } = callOf(`Agent: What is your date of birth?\nCustomer: It's ${text}.`)
    const [found] = birthDates(turns, tuesday)
    expect(found).toMatchObject({ date, turn: 1 })
    expect(turns[1]!.text.slice(found!.start, found!.end)).toBe(text.replace(/^'/, ''))
  })

  test('a date that nobody called a date of birth is none', () => {
    const { turns } = callOf('Agent: When did you buy it?\nCustomer: March third nineteen eighty five.')
    expect(birthDates(turns, tuesday)).toEqual([])
  })
})
