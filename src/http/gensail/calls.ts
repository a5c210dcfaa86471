import type { App } from '../../app.ts'
import type { Actor } from '../../core/tenancy/actors.ts'
import { routes } from '../routes.ts'
import { JobShape } from './job-shape.ts'
import { AudioBody, AudioFileForm, TranscriptBody } from './submission-body.ts'
import { answerWith, store } from './submissions.ts'
import { withUpload } from './uploads.ts'

const headers = {
  'idempotency-key': 'Repeating a request with the same key and body gives the first job; kept for 7 days',
}
const answers = {
  200: JobShape.meta({ description: 'The call was submitted before: its first job' }),
  202: JobShape.meta({ description: 'Stored safely; processing begins' }),
}
const refusals = [400, 404, 409, 413, 429]

export const callRoutes = (app: App) =>
  routes<Actor>('Calls', '/calls')
    .post(
      '/transcript',
      { summary: 'Submit a transcript', headers, body: TranscriptBody, answers, refusals },
      async ({ actor, request, body }) => {
        const { transcript: turns, ...fields } = await body()
        const content = { source: 'transcript' as const, turns }
        return answerWith(app, await store(app, { actor, request, fields, content, contentKey: content }))
      },
    )
    .post(
      '/audio',
      {
        summary: 'Submit the address of a recording',
        description:
          'It is fetched in the background, so a wrong address fails the job and not this request.',
        headers,
        body: AudioBody,
        answers,
        refusals,
      },
      async ({ actor, request, body }) => {
        const { audio_url: url, ...fields } = await body()
        const content = { source: 'audio_url' as const, url }
        return answerWith(app, await store(app, { actor, request, fields, content, contentKey: content }))
      },
    )
    .post(
      '/audio-file',
      {
        summary: 'Upload a recording',
        description: 'Multipart, parts in any order. A field given both ways counts as its own part says.',
        headers,
        form: AudioFileForm,
        answers,
        refusals,
      },
      async ({ actor, request, arrival }) => {
        const stored = await withUpload(app, request, arrival, ({ fields, file, bytes, contentKey }) => {
          const content = { source: 'audio_file' as const, file, bytes }
          return store(app, { actor, request, fields, content, contentKey })
        })
        return answerWith(app, stored)
      },
    )
