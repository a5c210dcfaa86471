import type { Call } from '../../plugin-host/contract.ts'
import { callDay } from '../dates/calendar.ts'
import type { Opening } from '../dates/times.ts'
import { agentIdentity, customerIdentity, type Identity } from '../people/identities.ts'
import { nameMentions } from '../people/names.ts'
import type { Annotation } from '../talk/annotations.ts'
import { addressMentions } from '../values/addresses.ts'
import { type BirthDate, birthDates, customersBirth } from '../values/births.ts'
import { customersEmail, customersPhone, THIS_NUMBER } from '../values/contacts.ts'
import { type EmailMention, emailMentions } from '../values/emails.ts'
import { isDayFirst, type PhoneMention, phoneMentions, phoneOf, regionOf } from '../values/phones.ts'
import { type Booking, type BookingStatus, followBooking } from './bookings.ts'
import { insuranceOf } from './insurers.ts'
import { type AppointmentField, type Ledger, note, open, tag } from './ledgers.ts'
import { hoursOf } from './opening-hours.ts'
import { referralOf } from './referrals.ts'
import { type PatientType, patientTypeOf, visitReason } from './visits.ts'

export interface AppointmentOptions {
  /** ISO country; empty is told from the call. */
  region: string
  hours: Opening
  /** Null is told from the region. */
  dayFirst: boolean | null
}

export interface AppointmentFacts {
  status: BookingStatus
  values: Partial<Record<AppointmentField, string>>
  spellings: string[]
  patientType: PatientType | null
  /** The turn each value was taken from. */
  evidence: Record<string, number>
  annotations: Annotation[]
  confidence: number
}

/** Everything a call says about an appointment, each value with the turn and the place it was said at. */
export function appointmentFacts(call: Call, options: AppointmentOptions): AppointmentFacts {
  const ledger = open()
  const names = nameMentions(call.turns)
  const customer = customerIdentity(call, names)
  const { booking, taken } = readDates(call, options)
  noteName(ledger, 'name', customer)
  noteContacts(ledger, call, options, taken)
  noteBooking(ledger, booking)
  if (booking.status !== 'none') note(ledger, 'visit_reason', visitReason(call.turns))
  noteAnswerer(ledger, call, names)
  note(ledger, 'insurance_type', insuranceOf(call.turns))
  note(ledger, 'extracted_source', referralOf(call.turns))
  const type = patientTypeOf(call.turns)
  if (type) tag(ledger, 'patient_type', type)
  const { values, evidence, annotations } = ledger
  return {
    status: booking.status,
    values,
    spellings: customer?.spellings ?? [],
    patientType: type?.value ?? null,
    evidence,
    annotations,
    confidence: confidenceIn(booking, values),
  }
}

interface Taken {
  births: BirthDate[]
  phones: PhoneMention[]
  emails: EmailMention[]
}

function readDates(call: Call, options: AppointmentOptions): { booking: Booking; taken: Taken } {
  const today = callDay(call)
  const region = regionOf(call, options.region)
  const dayFirst = options.dayFirst ?? isDayFirst(region)
  const births = birthDates(call.turns, today, dayFirst)
  const phones = phoneMentions(call.turns, region)
  const emails = emailMentions(call.turns)
  const stretches = [
    ...births,
    ...emails,
    ...phones.flatMap((phone) => phone.parts),
    ...addressMentions(call.turns),
  ]
  const hours = hoursOf(call, options.hours)
  return {
    booking: followBooking(call, { today, dayFirst, hours, taken: stretches }),
    taken: { births, phones, emails },
  }
}

function noteName(ledger: Ledger, field: 'name', identity: Identity | undefined) {
  if (!identity) return
  ledger.values[field] = identity.name
  const ranked = [...identity.mentions].sort((a, b) => Number(b.stated) - Number(a.stated))
  for (const one of ranked) tag(ledger, field, one)
}

function noteContacts(
  ledger: Ledger,
  call: Call,
  options: AppointmentOptions,
  { births, phones, emails }: Taken,
) {
  const phone = customersPhone(call, phones)
  if (phone?.e164) ledger.values.phone = phone.e164
  for (const one of phones)
    if (one.e164 && one.e164 === phone?.e164) for (const part of one.parts) tag(ledger, 'phone', part)
  if (!phone) noteThisNumber(ledger, call, options)
  const email = customersEmail(call, emails)
  if (email) ledger.values.email = email.email
  for (const one of emails) if (one.email === email?.email) tag(ledger, 'email', one)
  const birth = customersBirth(call, births)
  if (birth) ledger.values.date_of_birth = birth.date
  for (const one of births) if (one.date === birth?.date) tag(ledger, 'date_of_birth', one)
}

/** «I'll text the address to this number.» */
const PROMISES =
  /\b(?:i'll|we'll|i will|we will|i can|going to) (?:text|call|send|reach|ring|message)\b.{0,40}\b(?:this|the) number\b(?! if)/i

const YES =
  /^\W*(?:(?:uh|um|oh|sure|well)\W+)*(?:yes|yeah|yep|yup|sure|it is|that's (?:fine|right|good|correct|the one|it)|correct|right|please|of course|absolutely|this (?:one|is)|mm-?hmm|uh-?huh)\b/i

/** «The number I'm calling from» is the one the call came with. */
function noteThisNumber(ledger: Ledger, call: Call, options: AppointmentOptions) {
  const number = call.direction === 'outbound' ? call.to_number : call.from_number
  const turn = call.turns.find(
    (one, at) =>
      THIS_NUMBER.test(one.text) &&
      (one.role !== 'agent' || PROMISES.test(one.text) || YES.test(call.turns[at + 1]?.text ?? '')),
  )
  const match = turn && THIS_NUMBER.exec(turn.text)
  const phone = number && phoneOf(number, regionOf(call, options.region))
  if (!match || !phone) return
  ledger.values.phone = phone
  tag(ledger, 'phone', { turn: turn.turn, start: match.index, end: match.index + match[0].length })
}

function noteBooking(ledger: Ledger, booking: Booking) {
  if (booking.turn !== null) ledger.evidence.status = booking.turn
  if (booking.date) ledger.values.date = booking.date
  if (booking.time) ledger.values.time = booking.time
  if (booking.dateAt) tag(ledger, 'date', booking.dateAt)
  if (booking.timeAt) tag(ledger, 'time', booking.timeAt)
}

const MACHINE =
  /\b(?:leave (?:a|your|me a|us a) (?:\w+ )?message|(?:after|at) the (?:tone|beep)|record your message|voice ?mail|mailbox|not available to take your call|unable to (?:take|answer) your call|press (?:\d|one|two|three|four|five|six|seven|eight|nine|zero|pound|star)\b|para espa[nñ]ol|main menu|listen carefully)/i

/** The person who answered for the business; `voicemail` when only a machine did. */
function noteAnswerer(ledger: Ledger, call: Call, names: ReturnType<typeof nameMentions>) {
  const agents = call.turns.filter((turn) => turn.role === 'agent')
  const machine = agents.find((turn) => MACHINE.test(turn.text))
  const human = agents.some((turn) => turn !== machine && turn.turn > (machine?.turn ?? -1))
  if (machine && !human) {
    ledger.values.answered_by = 'voicemail'
    ledger.evidence.answered_by = machine.turn
    return
  }
  const identity = agentIdentity(call, names)
  if (!identity) return
  ledger.values.answered_by = identity.name
  for (const one of identity.mentions) tag(ledger, 'answered_by', one)
}

const BASE: Record<BookingStatus, number> = {
  booked: 60,
  rescheduled: 60,
  cancelled: 65,
  requested: 50,
  none: 70,
}

const WEIGHTS: [AppointmentField, number][] = [
  ['date', 10],
  ['time', 8],
  ['name', 8],
  ['phone', 4],
  ['visit_reason', 4],
]

const CONFIRMED = 6

/** How much of what makes an appointment certain was found. */
function confidenceIn(booking: Booking, values: Ledger['values']): number {
  if (booking.status === 'none') return BASE.none
  const found = WEIGHTS.filter(([field]) => values[field]).reduce((sum, [, weight]) => sum + weight, 0)
  return Math.min(100, BASE[booking.status] + found + (booking.confirmed ? CONFIRMED : 0))
}
