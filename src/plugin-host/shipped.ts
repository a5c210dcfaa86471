type Load = () => Promise<{ default: unknown }>

/** Written out, so that the bundler finds every file and embeds it. A test holds it against the folder. */
export const SHIPPED: Record<string, Load> = {}
