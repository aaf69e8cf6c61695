/** One limit of the server: a number, and why it is not another one. */
export interface Limit {
  readonly value: number;
  readonly unit: 'bytes' | 'connections' | 'requests' | 'values' | 'ms' | 'headers';
  readonly what: string;
  readonly why: string;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** What the server takes on, whoever sends it: with these the process stays below the memory limit of the chart. */
export const SERVER_LIMITS = {
  bodyBytes: {
    value: 4 * MIB,
    unit: 'bytes',
    what: 'the body of one review',
    why: 'etcd stores objects of 1.5 MiB, managed fields included; the envelope adds a little. A larger body gets 413.',
  },
  bodyValues: {
    value: 200_000,
    unit: 'values',
    what: 'JSON values in one body',
    why: 'Decoding 4 MiB of empty lists takes a second and 110 MB; no pod that etcd can store has that many. What is beyond is cut out unread, and the pod is let through with a warning.',
  },
  smallBodyBytes: {
    value: 128 * KIB,
    unit: 'bytes',
    what: 'a body that is read at once',
    why: 'Ordinary reviews have 2 to 30 KB. A larger body waits until it is the only large one, so that some always finish and one at a time takes memory.',
  },
  waitingBodies: {
    value: 20,
    unit: 'requests',
    what: 'large bodies that wait for their turn',
    why: 'Each takes at most a tenth of a second of work; more could not be answered within the timeout of 3 s. The others get 503 and are sent again a second later.',
  },
  turnMilliseconds: {
    value: 500,
    unit: 'ms',
    what: 'the turn of a large body while others wait',
    why: 'An API server sends 4 MiB in a few milliseconds; whoever trickles must not hold up the rest.',
  },
  partialBytes: {
    value: 8 * MIB,
    unit: 'bytes',
    what: 'parts of bodies that wait for their rest',
    why: 'That is 1,300 ordinary reviews at once. Beyond it the request that has waited longest for its rest gets 503, never one that has just come.',
  },
  templateBytes: {
    value: 2 * MIB,
    unit: 'bytes',
    what: 'pod templates whose verdicts are remembered',
    why: 'Two hundred ordinary ones. When half of it is filled anew, what was not asked for meanwhile is forgotten: its next pod is judged anew.',
  },
  connections: {
    value: 1_000,
    unit: 'connections',
    what: 'open connections to the webhook port',
    why: 'An API server reviews at most 200 mutating requests at once and keeps 25 idle connections; a cluster has up to five. One costs 70 to 90 KB. A new one is never turned away: beyond it the oldest one that never had an answer is closed when these are more than half, else the one that has been idle longest.',
  },
  adminConnections: {
    value: 50,
    unit: 'connections',
    what: 'open connections to the admin port',
    why: 'A kubelet and a few Prometheus servers. The same rule: whoever floods the port pushes out idle connections, not the next probe.',
  },
  headerBytes: {
    value: 16 * KIB,
    unit: 'bytes',
    what: 'the headers of one request',
    why: 'The default of Node.js. The API server sends half a kilobyte.',
  },
  headers: {
    value: 100,
    unit: 'headers',
    what: 'headers of one request',
    why: 'The API server sends about seven; a mesh or proxy in between adds a dozen.',
  },
  logBytes: {
    value: MIB,
    unit: 'bytes',
    what: 'log lines that wait to be written',
    why: 'Three thousand lines. When whoever reads them has stopped, later ones are dropped and counted: reviews go on.',
  },
} as const satisfies Record<string, Limit>;

/** The numbers alone, as the server works with them; tests use smaller ones. */
export type Limits = { readonly [name in keyof typeof SERVER_LIMITS]: number };

/** The limits of production. */
export const DEFAULT_LIMITS = Object.fromEntries(
  Object.entries(SERVER_LIMITS).map(([name, { value }]) => [name, value]),
) as Limits;
