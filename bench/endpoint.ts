import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAuthority } from '../tools/control-plane/certificate.ts';
import type { Supervisor } from '../tools/process/supervisor.ts';
import { type Candidate, candidates } from './candidates.ts';
import { openClient } from './client.ts';
import { asFastAsAnswered, atRate } from './load.ts';
import { cpuMicroseconds, residentMegabytes } from './process-cost.ts';
import { type Review, reviews } from './reviews.ts';
import { median, percentile } from './statistics.ts';

/** How much is measured. */
export interface Amount {
  readonly rounds: number;
  readonly reviewsPerTurn: number;
  readonly warmUp: number;
  readonly openLoopSeconds: number;
  readonly starts: number;
}

/** What one server needs. Times of the processor in microseconds, of the clock in milliseconds, memory in MB. */
export interface EndpointFigures {
  readonly name: string;
  readonly missCpu: number;
  readonly hitCpu: number;
  /** The same for pods of which no two come from one template. */
  readonly firstMissCpu: number;
  readonly firstHitCpu: number;
  /** Our reviews per second and core, in relation to this server's: the median of the rounds. */
  readonly missRatio: number;
  readonly hitRatio: number;
  readonly firstMissRatio: number;
  readonly firstHitRatio: number;
  readonly p50: number;
  readonly p99: number;
  readonly idle: number;
  readonly loaded: number;
  readonly start: number;
}

const HIT = { image: 'docker.elastic.co/elasticsearch/elasticsearch:8.15.0', isHit: true };
const MISS = { image: 'registry.example.com/shop/frontend:1.27', isHit: false };
const [HITS, MISSES] = [reviews(HIT), reviews(MISS)];
const FIRST_HITS = reviews({ ...HIT, isFirst: true });
const FIRST_MISSES = reviews({ ...MISS, isFirst: true });
/** Reviews per second in the measurement of latency. */
export const RATE = 100;

interface Running extends Candidate {
  readonly pid: number;
  readonly miss: number[];
  readonly hit: number[];
  readonly firstMiss: number[];
  readonly firstHit: number[];
  readonly latencies: number[];
  readonly starts: number[];
  readonly idle: number;
}

/** Measures every server in turns, there and back, so that what else happens on the machine meets all of them. */
export async function measureEndpoints(
  supervisor: Supervisor,
  amount: Amount,
  say: (line: string) => void,
): Promise<EndpointFigures[]> {
  const authority = await createAuthority('bench');
  const { certificate, key } = await authority.issue({ addresses: ['127.0.0.1'] });
  await writeFile(join(supervisor.directory, 'tls.crt'), certificate);
  await writeFile(join(supervisor.directory, 'tls.key'), key, { mode: 0o600 });
  const running: Running[] = [];
  for (const candidate of await candidates(supervisor.directory, say)) {
    say(`starting ${candidate.name}`);
    running.push(await startAll(supervisor, candidate, amount));
  }
  for (const { port } of running)
    await asFastAsAnswered(port, [...MISSES, ...HITS, ...FIRST_MISSES, ...FIRST_HITS], amount.warmUp);
  for (let round = 0; round < amount.rounds; round += 1) {
    say(`round ${round + 1} of ${amount.rounds}`);
    for (const one of [...running, ...running.toReversed()]) await takeTurn(one, amount);
  }
  return running.map((one) => figures(one, running[0] ?? one));
}

async function startAll(supervisor: Supervisor, candidate: Candidate, { starts }: Amount): Promise<Running> {
  const times: number[] = [];
  for (let count = 1; ; count += 1) {
    const begun = performance.now();
    const environment = { ...process.env, NODE_ENV: 'production', GOMAXPROCS: '1' };
    const server = await supervisor.start(
      candidate.name.replaceAll(' ', '-'),
      candidate.command,
      candidate.args,
      environment,
    );
    await firstAnswer(candidate);
    times.push(performance.now() - begun);
    if (count < starts) {
      server.signal('SIGKILL');
      await server.exit;
      continue;
    }
    await sleep(1_500);
    const idle = residentMegabytes(server.pid, 'VmRSS');
    return {
      ...candidate,
      pid: server.pid,
      miss: [],
      hit: [],
      firstMiss: [],
      firstHit: [],
      latencies: [],
      starts: times,
      idle,
    };
  }
}

async function firstAnswer({ name, port }: Candidate): Promise<void> {
  const deadline = performance.now() + 30_000;
  const [first] = HITS;
  while (first && performance.now() < deadline) {
    const client = await openClient(port).catch(() => undefined);
    if (client) return client.send(first).finally(client.close);
    await sleep(2);
  }
  throw new Error(`${name} gave no answer within 30 s`);
}

async function takeTurn({ pid, port, ...turns }: Running, amount: Amount): Promise<void> {
  const cost = async (what: readonly Review[]) => {
    const before = cpuMicroseconds(pid);
    await asFastAsAnswered(port, what, amount.reviewsPerTurn);
    return (cpuMicroseconds(pid) - before) / amount.reviewsPerTurn;
  };
  turns.miss.push(await cost(MISSES));
  turns.hit.push(await cost(HITS));
  turns.firstMiss.push(await cost(FIRST_MISSES));
  turns.firstHit.push(await cost(FIRST_HITS));
  const paced = await atRate(port, [...MISSES, ...HITS], { perSecond: RATE, seconds: amount.openLoopSeconds });
  turns.latencies.push(...paced);
}

function figures(one: Running, ours: Running): EndpointFigures {
  const ratio = (mine: readonly number[], theirs: readonly number[]) =>
    median(theirs.map((value, index) => value / (mine[index] ?? Number.NaN)));
  return {
    name: one.name,
    missCpu: median(one.miss),
    hitCpu: median(one.hit),
    firstMissCpu: median(one.firstMiss),
    firstHitCpu: median(one.firstHit),
    missRatio: ratio(ours.miss, one.miss),
    hitRatio: ratio(ours.hit, one.hit),
    firstMissRatio: ratio(ours.firstMiss, one.firstMiss),
    firstHitRatio: ratio(ours.firstHit, one.firstHit),
    p50: percentile(one.latencies, 0.5),
    p99: percentile(one.latencies, 0.99),
    idle: one.idle,
    loaded: residentMegabytes(one.pid, 'VmHWM'),
    start: median(one.starts),
  };
}
