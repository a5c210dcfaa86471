// The package ships no types; these are the few calls that this folder makes.
declare module 'better-sqlite3' {
  export interface Statement {
    run(...values: unknown[]): { changes: number; lastInsertRowid: number | bigint }
    get(...values: unknown[]): unknown
    all(...values: unknown[]): unknown[]
    readonly readonly: boolean
  }
  export interface BackupProgress {
    totalPages: number
    remainingPages: number
  }
  export default class Database {
    constructor(path: string, options?: { readonly?: boolean; fileMustExist?: boolean; timeout?: number })
    prepare(sql: string): Statement
    exec(sql: string): this
    pragma(text: string, options?: { simple?: boolean }): unknown
    backup(path: string, options?: { progress?: (state: BackupProgress) => number }): Promise<BackupProgress>
    close(): void
    readonly inTransaction: boolean
  }
}

declare module '*.sql' {
  const text: string
  export default text
}
