import type { Kube, KubeAnswer, KubeRequest } from '../../../src/kube.ts';
import type { Agent } from '../../../src/node-agent/agent.ts';

type Answer = KubeAnswer | Error;

/** An agent on a node that exists in memory only, and what it did. */
export interface FakeAgent extends Agent {
  readonly writes: KubeRequest[];
  readonly lines: string[];
  readonly pauses: number[];
}

interface Options {
  readonly labels?: Record<string, string>;
  readonly value?: number | undefined;
  readonly read?: () => number | undefined;
  /** Given for the first requests, in order. */
  readonly answers?: readonly Answer[];
  /** An answer to give as soon as there is one. */
  readonly until?: () => Answer | false;
}

/** The answer to a request that was carried out. */
export function ok(metadata: object): KubeAnswer {
  return { status: 200, body: { metadata }, warnings: [] };
}

/** The answer to a request that was not. */
export function refusal(status: number, message: string): KubeAnswer {
  return { status, body: { kind: 'Status', message }, warnings: [] };
}

/** Makes an agent that waits for nothing. */
export function fakeAgent(options: Options): FakeAgent {
  const labels = new Map(Object.entries(options.labels ?? {}));
  const first = [...(options.answers ?? [])];
  const done = { writes: [] as KubeRequest[], lines: [] as string[], pauses: [] as number[] };
  const kube: Kube = {
    context: 'fake',
    server: 'https://fake.invalid',
    namespace: 'default',
    async send(request) {
      const answer = options.until?.() || first.shift();
      if (answer instanceof Error) throw answer;
      if (answer) return answer;
      if (request.method === 'PATCH') apply(request.body as Patch);
      if (request.method === 'PATCH') done.writes.push(request);
      return ok({ labels: Object.fromEntries(labels) });
    },
  };
  const apply = ({ metadata }: Patch) => {
    for (const [key, value] of Object.entries(metadata.labels)) {
      if (value === null) labels.delete(key);
      else labels.set(key, value);
    }
  };
  return {
    ...done,
    kube,
    node: 'n1',
    label: 'max-map-count.io/value',
    read: options.read ?? (() => options.value),
    log: (line) => done.lines.push(line),
    wait: async (seconds) => {
      done.pauses.push(seconds);
    },
  };
}

interface Patch {
  readonly metadata: { readonly labels: Readonly<Record<string, string | null>> };
}
