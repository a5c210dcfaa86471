let count = 0

/** A call of forty seconds with a booking, a competitor and a complaint in it: something for every algorithm. */
export const sampleCall = (overrides: object = {}) => ({
  source_call_id: `call-${process.pid}-${++count}`,
  started_at: '2026-03-10T09:04:12-04:00',
  duration_seconds: 40.5,
  direction: 'inbound',
  from_number: '+12025550142',
  agent_name: 'Priya',
  language: 'en',
  transcript: [
    {
      speaker: 'Agent',
      text: 'Thank you for calling Harbor Lane Dental, this is Priya speaking.',
      start_ms: 0,
      end_ms: 5000,
    },
    {
      speaker: 'Customer',
      text: 'Hi, my name is Anna Keller. I would like to book a cleaning for Thursday.',
      start_ms: 5500,
      end_ms: 11_000,
    },
    {
      speaker: 'Agent',
      text: 'Of course. What is the best phone number to reach you?',
      start_ms: 11_400,
      end_ms: 15_000,
    },
    {
      speaker: 'Customer',
      text: 'It is 202-555-0142. Brightsmile kept me waiting for weeks, that was awful.',
      start_ms: 15_300,
      end_ms: 22_000,
    },
    {
      speaker: 'Agent',
      text: 'I am sorry to hear that. Thursday at two pm is free, does that work?',
      start_ms: 22_500,
      end_ms: 28_000,
    },
    {
      speaker: 'Customer',
      text: 'Yes, that is perfect, thank you so much.',
      start_ms: 28_300,
      end_ms: 31_000,
    },
    {
      speaker: 'Agent',
      text: 'Great, you are booked for Thursday at two. Have a nice day.',
      start_ms: 31_400,
      end_ms: 36_000,
    },
    { speaker: 'Customer', text: 'You too, goodbye.', start_ms: 36_200, end_ms: 38_000 },
  ],
  ...overrides,
})
