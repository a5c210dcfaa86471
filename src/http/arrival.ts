/** A request as the front door knows it, handed to the surface together with the request itself. */
export interface Arrival {
  readonly requestId: string
  /** As sent, percent-encoded, without the query. */
  readonly path: string
  /** The client's address, from a forwarding header only if a trusted proxy wrote it. */
  address(): string
  /** Seconds this connection may be silent from now on; 0 is for ever (streams, slow uploads). */
  allowSilence(seconds: number): void
}

/** The part of a logger that the HTTP layer uses. */
export interface Log {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** One API on one prefix. The front door gives it every request whose path lies under the prefix. */
export interface Surface {
  readonly prefix: string
  handle(request: Request, arrival: Arrival): Response | Promise<Response>
}

/** What a surface remembers about a request on its way: who sent it, and headers that go out with any answer. */
export interface Visit {
  arrival: Arrival
  admitted: boolean
  actor: unknown
  headers: Record<string, string>
}
