import { readFileSync } from 'node:fs'

/** How many bytes of memory a process holds at this moment. */
export const residentOf = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
