import { describe, expect, test } from 'bun:test'
import plugin from '../../plugins/appointment_scheduling.ts'
import type { Call } from '../../src/plugin-host/contract.ts'
import { callOf, context } from '../support/calls.ts'

/** All calls begin on Wednesday, 4 March 2026, unless they say otherwise. */
async function analyze(text: string, overrides: Partial<Call> = {}) {
  const call = callOf(text, overrides)
  return plugin.result.parse(await plugin.analyze(call, plugin.variables.parse({}), context))
}

const DENTIST = `Agent: Thank you for calling Bright Smile Dental, this is Maria. How can I help you?
Customer: Hi, I'd like to schedule a teeth cleaning.
Agent: Sure! Are you a new patient?
Customer: Yes, I am. My name is John Smith.
Agent: How do you spell your last name?
Customer: S-M-Y-T-H.
Agent: Thank you. What's your date of birth?
Customer: March third nineteen eighty five.
Agent: And the best phone number?
Customer: four one five, five five five, zero one three four.
Agent: Do you have dental insurance?
Customer: Yes, Delta Dental PPO.
Agent: I have Monday at nine or Tuesday at 2:30.
Customer: Monday doesn't work for me. Let's do Tuesday.
Agent: How did you hear about us?
Customer: I found you on Google.
Agent: Perfect, you're all set for Tuesday the 10th at 2:30. See you then!
Customer: Great, thank you so much!`

const CALLS: Record<string, { text: string; overrides?: Partial<Call>; expected: object }> = {
  dentist: {
    text: DENTIST,
    expected: {
      status: 'booked',
      booked: true,
      patient: {
        name: 'John Smyth',
        phone: '+14155550134',
        email: null,
        date_of_birth: '1985-03-03',
        additional_spellings: ['John Smith'],
      },
      appointment: { date: '2026-03-10', time: '14:30', visit_reason: 'teeth cleaning', patient_type: 'new' },
      answered_by: 'Maria',
      insurance_type: 'Delta Dental PPO',
      extracted_source: 'Google',
      call_sentiment: 'Positive',
      evidence: {
        phone: 9,
        date_of_birth: 7,
        date: 16,
        time: 16,
        answered_by: 0,
        insurance_type: 11,
        extracted_source: 15,
      },
    },
  },
  'garage, raw': {
    text: `Agent: oak street auto this is mike how can i help you
Customer: hi this is sarah connor um my brakes are squealing and i need to bring it in
Agent: ok we can look at that how about thursday at nine
Customer: thursday is no good for me can we do friday at ten
Agent: friday at ten works what's a good number for you
Customer: five one two five five five oh one nine nine
Agent: ok sarah youre booked for friday at ten
Customer: thanks bye`,
    expected: {
      status: 'booked',
      patient: { name: 'Sarah Connor', phone: '+15125550199' },
      appointment: { date: '2026-03-06', time: '10:00', visit_reason: 'my brakes are squealing' },
      answered_by: 'Mike',
    },
  },
  'clinic, moved': {
    text: `Agent: Lakeside Clinic, Karen speaking.
Customer: Hi, this is Tom Baker. I have an appointment on Friday at 3 and I need to reschedule.
Agent: No problem, Tom. When would you like to come in?
Customer: Could I do next Wednesday, around eleven?
Agent: I have 11:30 next Wednesday.
Customer: That works.
Agent: Okay, I moved you to Wednesday the 11th at 11:30.`,
    expected: {
      status: 'rescheduled',
      booked: true,
      patient: { name: 'Tom Baker' },
      appointment: { date: '2026-03-11', time: '11:30' },
      answered_by: 'Karen',
    },
  },
  'hotel, cancelled': {
    text: `Agent: Hotel Aurora, Anna speaking.
Customer: Good morning. I need to cancel my reservation for Friday, March 13th. The name is Petrov.
Agent: Of course, Mr. Petrov. I've cancelled that for you.
Customer: Thank you.`,
    expected: {
      status: 'cancelled',
      booked: false,
      patient: { name: 'Petrov' },
      appointment: { date: '2026-03-13', time: null },
    },
  },
  'restaurant, raw': {
    text: `Agent: good evening bella vista
Customer: hi id like to book a table for four on saturday
Agent: sure what time
Customer: seven thirty actually make that eight
Agent: eight oclock saturday table for four under what name
Customer: lopez l o p e z
Agent: alright miss lopez we'll see you saturday at eight`,
    expected: {
      status: 'booked',
      patient: { name: 'Lopez' },
      appointment: { date: '2026-03-07', time: '20:00', visit_reason: 'table for four' },
      answered_by: null,
    },
  },
  'plumber, call back': {
    text: `Agent: Rapid Plumbing, this is Dave.
Customer: My kitchen sink is leaking badly. Can you send someone tomorrow morning?
Agent: Let me check with the team. Can I get your name and number?
Customer: It's Ana Ruiz, you can call me at the number I'm calling from.
Agent: Thanks Ana. We'll call you back to confirm a time.
Customer: Okay, thank you.`,
    overrides: { from_number: '+14155550177' },
    expected: {
      status: 'requested',
      booked: false,
      patient: { name: 'Ana Ruiz', phone: '+14155550177' },
      appointment: { date: '2026-03-05', time: null },
      answered_by: 'Dave',
    },
  },
  'a question, no appointment': {
    text: `Agent: City Dental, how can I help?
Customer: What time do you close today?
Agent: We're open until five.
Customer: Okay, thanks.`,
    overrides: { from_number: '+14155550177' },
    expected: {
      status: 'none',
      booked: false,
      patient: { name: null, phone: null },
      appointment: { date: null, time: null, visit_reason: null, patient_type: null },
    },
  },
  'optician calls to remind': {
    text: `Agent: Hi, am I speaking with David Chen?
Customer: Yes, this is David.
Agent: This is Julie from Northside Vision. I'm calling to confirm your eye exam on Thursday at 2:15.
Customer: Yes, I'll be there.
Agent: Great, see you then.`,
    overrides: { direction: 'outbound' },
    expected: {
      status: 'booked',
      patient: { name: 'David Chen' },
      appointment: { date: '2026-03-05', time: '14:15', visit_reason: 'eye exam' },
      answered_by: 'Julie',
    },
  },
  'vet, message left': {
    text: `Agent: You have reached Pine Tree Vet. Please leave a message after the tone.
Customer: Hi, it's Laura Kim. I'd like to make an appointment for my dog Max, he needs his shots. Call me back at 206 555 0123. Any time Monday is fine.`,
    expected: {
      status: 'requested',
      patient: { name: 'Laura Kim', phone: '+12065550123' },
      appointment: { date: '2026-03-09', time: null, visit_reason: 'shots' },
      answered_by: 'voicemail',
    },
  },
  'for a child': {
    text: `Agent: Sunny Kids Dental, Rosa here.
Customer: Hi Rosa, I need an appointment for my daughter Anna, she has a toothache.
Agent: Poor thing. What's her last name?
Customer: Kowalski, K-O-W-A-L-S-K-I.
Agent: Date of birth?
Customer: 5/6/2016.
Agent: I can see her today at 4 or tomorrow at 10.
Customer: Today at four is too late, we have swimming. Tomorrow is good.
Agent: Perfect, tomorrow at 10 it is. Have you been here before?
Customer: No, a friend recommended you. Do you take Aetna?
Agent: We do. See you tomorrow!`,
    expected: {
      status: 'booked',
      patient: { name: 'Anna Kowalski', date_of_birth: '2016-05-06' },
      appointment: { date: '2026-03-05', time: '10:00', visit_reason: 'toothache', patient_type: 'new' },
      insurance_type: 'Aetna',
      extracted_source: 'friend',
    },
  },
  'hairdresser, refused and corrected': {
    text: `Agent: Style Studio, this is Kim.
Customer: Hey Kim, can I get a haircut on Saturday at 11?
Agent: Unfortunately we're fully booked Saturday. I could do Sunday at noon.
Customer: Hmm, no, Sunday doesn't work. What about Monday?
Agent: Monday I have 3 p.m. or 5:15.
Customer: The later one, please.
Agent: Can I have your name?
Customer: Priya.
Agent: You're down for Monday at 5:15, Priya.
Customer: Wait, actually make that three o'clock.
Agent: No problem, Monday at three.`,
    expected: {
      status: 'booked',
      patient: { name: 'Priya' },
      appointment: { date: '2026-03-09', time: '15:00', visit_reason: 'haircut' },
      answered_by: 'Kim',
    },
  },
  'dentist, raw': {
    text: `Agent: thanks for calling smile care this is jenny
Customer: hi jenny my name is robert nguyen n g u y e n i need to get a root canal done
Agent: ok robert are you a new patient with us
Customer: yes first time
Agent: and whats your date of birth
Customer: oh seven twenty two nineteen seventy nine
Agent: email address
Customer: r nguyen seventy nine at gmail dot com
Agent: ok i have march twelfth at quarter to nine
Customer: thats too early anything later
Agent: same day at one fifteen
Customer: yeah thats perfect
Agent: ok youre all set for march twelfth at one fifteen`,
    expected: {
      status: 'booked',
      patient: { name: 'Robert Nguyen', email: 'rnguyen79@gmail.com', date_of_birth: '1979-07-22' },
      appointment: { date: '2026-03-12', time: '13:15', visit_reason: 'root canal', patient_type: 'new' },
      answered_by: 'Jenny',
    },
  },
  'restaurant, corrected day and this number': {
    text: `Agent: Trattoria Roma, buonasera, this is Gino.
Customer: Hi Gino, a table for six on Saturday at 7:30, please. No, sorry, make it Sunday.
Agent: Sunday at 7:30 for six. Name?
Customer: Hannah Weiss. W-E-I-S-S.
Agent: And a number?
Customer: This number is fine.
Agent: You're all set, Hannah. See you Sunday at 7:30.`,
    overrides: { from_number: '+12125550150' },
    expected: {
      status: 'booked',
      patient: { name: 'Hannah Weiss', phone: '+12125550150' },
      appointment: { date: '2026-03-08', time: '19:30', visit_reason: 'table for six' },
      answered_by: 'Gino',
    },
  },
  'therapy, moved, raw': {
    text: `agent: northgate physical therapy this is linda
customer: hi linda i need to reschedule my appointment its tomorrow at three
agent: sure whats your name
customer: kevin o'neal
agent: ok kevin when works
customer: scratch tomorrow how about monday same time
agent: monday at three is taken i have four or four thirty
customer: four thirty
agent: ok you're down for monday at four thirty`,
    expected: {
      status: 'rescheduled',
      patient: { name: "Kevin O'Neal" },
      appointment: { date: '2026-03-09', time: '16:30' },
      answered_by: 'Linda',
    },
  },
  'cancelled by message': {
    text: `Agent: You've reached Dr. Adams' office. We're closed. Please leave a message after the beep.
Customer: Hello, this is Brenda Walsh. I need to cancel my appointment on Monday the ninth at 2. My number is 860-555-0166.`,
    expected: {
      status: 'cancelled',
      patient: { name: 'Brenda Walsh', phone: '+18605550166' },
      appointment: { date: '2026-03-09', time: '14:00' },
      answered_by: 'voicemail',
    },
  },
  'roofer calls': {
    text: `Agent: Hello, this is Mark with Zen Roofing. Is this Mr. Alvarez?
Customer: Yes.
Agent: We'd like to schedule your roof inspection. Would Thursday at 10 or Friday at 1 be better?
Customer: Friday.
Agent: Friday at 1. Great, our inspector will be there.`,
    overrides: { direction: 'outbound' },
    expected: {
      status: 'booked',
      patient: { name: 'Alvarez' },
      appointment: { date: '2026-03-06', time: '13:00', visit_reason: 'roof inspection' },
      answered_by: 'Mark',
    },
  },
  'cleaners, put off by the caller': {
    text: `Agent: Sparkle Cleaning, this is Ines.
Customer: Do you have anything next Thursday for a deep clean?
Agent: Next Thursday I have 9 AM or 1 PM.
Customer: I need to check with my husband. I'll call you back.
Agent: Sure, no problem.`,
    expected: {
      status: 'requested',
      booked: false,
      appointment: { date: '2026-03-12', time: null, visit_reason: 'deep clean' },
    },
  },
}

describe('calls of many trades', () => {
  test.each(Object.keys(CALLS))('%s', async (name) => {
    const { text, overrides, expected } = CALLS[name]!
    expect(await analyze(text, overrides)).toMatchObject(expected)
  })
})

test('the transcript is annotated with the fields and otherwise unchanged', async () => {
  const { annotated_transcript } = await analyze(DENTIST)
  const lines = annotated_transcript.split('\n')
  expect(lines[0]).toBe(
    'Agent: Thank you for calling Bright Smile Dental, this is <answered_by>Maria</answered_by>. How can I help you?',
  )
  expect(lines[11]).toBe('Customer: Yes, <insurance_type>Delta Dental PPO</insurance_type>.')
  expect(lines[16]).toContain('<date>Tuesday the 10th</date> at <time>2:30</time>')
  expect(annotated_transcript.replace(/<\/?[a-z_]+>/g, '')).toBe(DENTIST)
})

test('days are those of the place of the call', async () => {
  const text =
    'Agent: Garage.\nCustomer: I need an appointment for tomorrow at nine.\nAgent: Sure, you are booked for tomorrow at nine.'
  const late = { started_at: '2026-03-05T03:30:00Z' }
  expect((await analyze(text, late)).appointment.date).toBe('2026-03-06')
  expect((await analyze(text, { ...late, time_zone: 'America/New_York' })).appointment.date).toBe(
    '2026-03-05',
  )
  expect((await analyze(text, { started_at: null })).appointment).toMatchObject({ date: null, time: '09:00' })
})

test('an empty call has no appointment', async () => {
  const result = await analyze('')
  expect(result).toMatchObject({ status: 'none', booked: false, annotated_transcript: '', evidence: {} })
})
