import type { Limits } from './limits.ts';

/** One body that is arriving. */
export interface Arrival {
  /** Counts bytes that arrived. Whoever has to make room for them is refused, which may be this body itself. */
  readonly take: (bytes: number) => void;
  /** Asks for the turn of a large body; `start` is called when it has come. */
  readonly queue: (start: () => void) => void;
  /** Gives everything back; calling it again changes nothing. */
  readonly leave: () => void;
}

/** The memory that arriving bodies share. */
export interface Intake {
  /** A body of which nothing has arrived yet. `refuse` is called, once at most, when it must give way to others. */
  readonly enter: (refuse: () => void) => Arrival;
}

const TURN_STEPS = 5;

interface Entry {
  bytes: number;
  readonly refuse: () => void;
  start?: () => void;
}

/**
 * Shares the memory for bodies. Only bytes that arrived count, so that headers alone hold nothing. Of the small bodies,
 * the one that has waited longest for its rest gives way; the large ones are read one after the other.
 */
export function createIntake({ partialBytes, waitingBodies, turnMilliseconds }: Limits): Intake {
  let held = 0;
  // Sets keep the order in which things were added: here, that in which the first bytes arrived.
  const partial = new Set<Entry>();
  const waiting = new Set<Entry>();
  let turn: Entry | undefined;
  let turnEnds: NodeJS.Timeout | undefined;

  const giveBack = (entry: Entry) => {
    if (partial.delete(entry)) held -= entry.bytes;
  };
  const leave = (entry: Entry) => {
    giveBack(entry);
    waiting.delete(entry);
    if (turn !== entry) return;
    turn = undefined;
    nextTurn();
  };
  const giveWay = (entry: Entry) => {
    leave(entry);
    entry.refuse();
  };
  const nextTurn = () => {
    const [entry] = waiting;
    if (turn || !entry) return;
    waiting.delete(entry);
    // One body of the largest size is counted apart.
    giveBack(entry);
    turn = entry;
    limitTurn(entry);
    entry.start?.();
  };
  // In steps, each begun after the one before: a process that got no time does not hold that against whoever sends.
  const limitTurn = (entry: Entry, steps = TURN_STEPS) => {
    clearTimeout(turnEnds);
    if (waiting.size === 0) return;
    const step = () => {
      if (turn !== entry) return;
      if (steps === 1) giveWay(entry);
      else limitTurn(entry, steps - 1);
    };
    turnEnds = setTimeout(step, turnMilliseconds / TURN_STEPS).unref();
  };

  return {
    enter: (refuse) => {
      const entry: Entry = { bytes: 0, refuse };
      return {
        take: (bytes) => {
          if (turn === entry) return;
          partial.add(entry);
          entry.bytes += bytes;
          held += bytes;
          for (const oldest of partial) {
            if (held <= partialBytes) return;
            giveWay(oldest);
          }
        },
        queue: (start) => {
          entry.start = start;
          if (turn && waiting.size >= waitingBodies) return giveWay(entry);
          waiting.add(entry);
          if (!turn) nextTurn();
          else if (waiting.size === 1) limitTurn(turn);
        },
        leave: () => leave(entry),
      };
    },
  };
}
