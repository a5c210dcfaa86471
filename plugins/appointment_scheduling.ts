import { defineAlgorithm, z } from 'earshot/plugin'
import { annotate, appointmentFacts, bookingStatuses, customerSentiment, summarize } from 'earshot/text'

const text = z.string().nullable()

export default defineAlgorithm({
  id: 'appointment_scheduling',
  version: '1.0.0',
  name: 'Appointment scheduling',
  description:
    'Who wants what appointment when, and whether it was booked, moved or cancelled. For any trade.',
  variables: z.object({
    default_region: z
      .string()
      .regex(/^(?:[A-Z]{2})?$/)
      .default('')
      .describe(
        'Country of phone numbers said without a code; empty: that of the numbers of the call, else US.',
      ),
    business_hours: z
      .object({ opens: z.int().min(0).max(12), closes: z.int().min(12).max(24) })
      .default({ opens: 8, closes: 19 })
      .describe('Hours that decide between morning and afternoon where neither was said.'),
    day_first: z
      .boolean()
      .nullable()
      .default(null)
      .describe('Read 3/4 as 3 April; null: as usual in the region.'),
  }),
  result: z.object({
    status: z.enum(bookingStatuses),
    booked: z.boolean(),
    patient: z.object({
      name: text,
      phone: text,
      email: text,
      date_of_birth: text,
      additional_spellings: z.array(z.string()),
    }),
    appointment: z.object({
      date: text,
      time: text,
      visit_reason: text,
      patient_type: z.enum(['new', 'existing']).nullable(),
    }),
    answered_by: text,
    insurance_type: text,
    extracted_source: text,
    call_summary: text,
    call_sentiment: z.enum(['Positive', 'Neutral', 'Negative']),
    call_sentiment_reason: text,
    confidence_score: z.number().min(0).max(100),
    annotated_transcript: z.string(),
    evidence: z.record(z.string(), z.int()),
  }),
  analyze(call, { default_region, business_hours, day_first }) {
    const facts = appointmentFacts(call, {
      region: default_region,
      hours: business_hours,
      dayFirst: day_first,
    })
    const { status, values, evidence, annotations, spellings, confidence } = facts
    const mood = customerSentiment(call)
    return {
      status,
      booked: status === 'booked' || status === 'rescheduled',
      patient: {
        name: values.name ?? null,
        phone: values.phone ?? null,
        email: values.email ?? null,
        date_of_birth: values.date_of_birth ?? null,
        additional_spellings: spellings,
      },
      appointment: {
        date: values.date ?? null,
        time: values.time ?? null,
        visit_reason: values.visit_reason ?? null,
        patient_type: facts.patientType,
      },
      answered_by: values.answered_by ?? null,
      insurance_type: values.insurance_type ?? null,
      extracted_source: values.extracted_source ?? null,
      call_summary: summarize(call).summary || null,
      call_sentiment: ({ positive: 'Positive', neutral: 'Neutral', negative: 'Negative' } as const)[
        mood.sentiment
      ],
      call_sentiment_reason: mood.reason || null,
      confidence_score: confidence,
      annotated_transcript: annotate(call.turns, annotations),
      evidence,
    }
  },
})
