import { version } from '../package.json' with { type: 'json' }

export { version }

declare const EARSHOT_BUILD: string | undefined

/** Version, commit and platform of the executable; from source there is no build to speak of. */
export const build = typeof EARSHOT_BUILD === 'undefined' ? `${version} from source` : EARSHOT_BUILD
