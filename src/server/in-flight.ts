/** How much the server takes on at once. */
export interface Limits {
  /** The largest body of one review, in bytes. */
  readonly bodyBytes: number;
  /** Reviews in progress. */
  readonly requests: number;
  /** Bytes of all bodies in progress. */
  readonly totalBytes: number;
}

// An API server reviews at most 200 mutating requests at once unless told otherwise, and a cluster has up to five of them.
// Bodies: an object has at most 3 MiB, the envelope adds a little; 16 MiB of them is 2,600 ordinary reviews, and what they parse to is larger.
export const DEFAULT_LIMITS: Limits = { bodyBytes: 4 * 1024 * 1024, requests: 1_000, totalBytes: 16 * 1024 * 1024 };

/** One admitted request. */
export interface Ticket {
  /** Counts bytes that arrived; false when they are more than the server takes on. */
  readonly hold: (bytes: number) => boolean;
  /** Gives everything back. */
  readonly leave: () => void;
}

/** The requests in progress and the bytes that they hold. */
export interface InFlight {
  /** Admits one more request, or undefined when there are too many. */
  readonly enter: () => Ticket | undefined;
  readonly requests: () => number;
}

/** Counts what is in progress against the limits. Only bytes that arrived count: a length that a client merely announces costs nothing. */
export function countInFlight(limits: Limits): InFlight {
  let requests = 0;
  let bytes = 0;
  return {
    requests: () => requests,
    enter: () => {
      if (requests >= limits.requests) return undefined;
      requests += 1;
      let held = 0;
      return {
        hold: (more) => {
          if (bytes + more > limits.totalBytes) return false;
          bytes += more;
          held += more;
          return true;
        },
        leave: () => {
          requests -= 1;
          bytes -= held;
        },
      };
    },
  };
}
