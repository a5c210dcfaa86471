/** Lets `size` pieces of work go on at a time; the others wait for their turn, or until they are aborted. */
export function makeSlots(size: number) {
  const waiting: (() => void)[] = []
  let free = size

  async function take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (free > 0) return void free--
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        waiting.splice(waiting.indexOf(enter), 1)
        reject(signal.reason)
      }
      waiting.push(enter)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  function give() {
    const next = waiting.shift()
    if (next) next()
    else free++
  }

  return async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    await take(signal)
    try {
      return await work()
    } finally {
      give()
    }
  }
}
