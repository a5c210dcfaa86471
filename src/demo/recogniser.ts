import type { Settings } from '../settings.ts'

/** Sets up a recogniser for the demo's recording, if one is configured or installed; says which. */
export function findRecogniser(settings: Settings): { name: string | undefined; settings: Settings } {
  const { openai, command } = settings.transcribers
  if (settings.transcriber) return { name: settings.transcriber, settings }
  if (openai?.base_url) return { name: `openai at ${openai.base_url}`, settings }
  if (command?.program) return { name: `command ${command.program}`, settings }
  const installed = Bun.which('pocketsphinx_continuous')
  if (!installed) return { name: undefined, settings }
  const transcribers = {
    ...settings.transcribers,
    command: { program: installed, format: 'pocketsphinx' },
  }
  return { name: 'pocketsphinx, as installed on this machine', settings: { ...settings, transcribers } }
}
