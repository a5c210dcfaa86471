import type { Annotation } from '../talk/annotations.ts'
import type { Finding } from '../talk/replies.ts'
import type { Place } from './slots.ts'

export type AppointmentField =
  | 'name'
  | 'phone'
  | 'email'
  | 'date_of_birth'
  | 'date'
  | 'time'
  | 'visit_reason'
  | 'answered_by'
  | 'insurance_type'
  | 'extracted_source'

export interface Ledger {
  values: Partial<Record<AppointmentField, string>>
  evidence: Record<string, number>
  annotations: Annotation[]
}

export const open = (): Ledger => ({ values: {}, evidence: {}, annotations: [] })

export function tag(ledger: Ledger, field: string, { turn, start, end }: Place) {
  ledger.evidence[field] ??= turn
  ledger.annotations.push({ field, turn, start, end })
}

export function note(ledger: Ledger, field: AppointmentField, found: Finding | undefined) {
  if (!found) return
  ledger.values[field] = found.value
  tag(ledger, field, found)
}
