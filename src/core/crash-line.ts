import { matchesGlob, parseGlob } from './image.ts';
import { LIMITS } from './limits.ts';
import type { Workload } from './workload.ts';

/** A line in which a server says that it stops because vm.max_map_count is too low. */
export interface CrashLine {
  /** From the words on, cut to a length that a report can hold. */
  readonly line: string;
  /** The rows whose words these are, in the order of the catalogue; forks of one server share theirs. */
  readonly rows: readonly string[];
}

const LONGEST_LINE = 256;

/**
 * The last line of a log with some row's words for too low a value; undefined when there is none. Only the end of the log is
 * read. A line that its log calls a warning ends nothing: Elasticsearch on its own says the same and goes on.
 */
export function crashLineIn(
  log: string,
  rows: readonly Pick<Workload, 'name' | 'crashLines'>[],
): CrashLine | undefined {
  for (const line of log.slice(-LIMITS.crashLog.most).split('\n').reverse()) {
    if (!line.includes('max_map_count')) continue;
    const found = rows.flatMap((row) => beginning(line, row) ?? []);
    const [first] = found;
    if (first === undefined || /\bWARN(?:ING)?\b/.test(line.slice(0, first.at))) continue;
    return { line: line.slice(first.at, first.at + LONGEST_LINE).trim(), rows: found.map(({ name }) => name) };
  }
  return undefined;
}

// Where the words begin, which have no `*` in front.
function beginning(line: string, { name, crashLines }: Pick<Workload, 'name' | 'crashLines'>) {
  const said = crashLines.find(({ words }) => matchesGlob(line, parseGlob(`*${words}*`)));
  return said && { name, at: line.indexOf(said.words.replace(/\*.*/, '')) };
}
