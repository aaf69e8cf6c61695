import { describe, expect, it } from 'vitest';
import { clean } from '../../../src/cli/nodes/clean.ts';
import { reportOn } from '../../../src/cli/nodes/report.ts';
import { reportText } from '../../../src/cli/nodes/text.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { KubeRequest } from '../../../src/kube.ts';
import { settingsOf } from '../../support/cases.ts';
import { cli } from './support.ts';

const LABEL = 'max-map-count.io/value';

function node(name: string, value?: string, manager = 'max-map-count-node-agent'): JsonObject {
  const fieldsV1 = { 'f:metadata': { 'f:labels': { [`f:${LABEL}`]: {} } } };
  return {
    metadata:
      value === undefined ? { name } : { name, labels: { [LABEL]: value }, managedFields: [{ manager, fieldsV1 }] },
  };
}

function pod(name: string, needs: number, { on, phase = 'Running' }: { on?: string; phase?: string } = {}): JsonObject {
  const matchExpressions = [{ key: LABEL, operator: 'Gt', values: [String(needs - 1)] }];
  const required = { nodeSelectorTerms: [{ matchExpressions }] };
  return {
    metadata: { namespace: 'search', name },
    spec: {
      containers: [{ name: 'es', image: 'elasticsearch:9.0.0' }],
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
      ...(on !== undefined && { nodeName: on }),
    },
    status: { phase },
  };
}

const settings = settingsOf('');
const plainPod: JsonObject = { metadata: { name: 'web' }, spec: { containers: [{ name: 'web' }], nodeName: 'high' } };

describe('the report on nodes', () => {
  const nodes = [
    node('high', '2000000'),
    node('middle', '262144'),
    node('low', '65530'),
    node('bare'),
    node('odd', 'abc'),
  ];

  it('says what each label means for the workloads', () => {
    const { nodes: rows } = reportOn(nodes, [], settings);
    const all = settings.catalogue.rows.map(({ name }) => name);
    expect(rows.map(({ name, label, value }) => [name, label, value])).toEqual([
      ['high', '2000000', 2_000_000],
      ['middle', '262144', 262_144],
      ['low', '65530', 65_530],
      ['bare', null, null],
      ['odd', 'abc', null],
    ]);
    expect(rows.map(({ fits }) => fits.length)).toEqual([all.length, all.length - 2, 0, 0, 0]);
    expect(rows[1]?.tooLowFor).toEqual(['sonarqube', 'doris-be']);
  });

  it('aims at the recommended values when the administrator does', () => {
    const { nodes: rows } = reportOn(nodes, [], { ...settings, level: 'recommended' });
    expect(rows[1]?.tooLowFor).toContain('elasticsearch');
  });

  it('finds the pods that depend on a node, and those that its label no longer admits', () => {
    const pods = [pod('ok', 262_144, { on: 'high' }), pod('sunk', 262_144, { on: 'low' }), plainPod];
    const over = pod('over', 262_144, { on: 'high', phase: 'Succeeded' });
    const { nodes: rows } = reportOn(nodes, [...pods, over], settings);
    expect(rows.flatMap((row) => row.pods.map(({ name, isTooLow }) => [row.name, name, isTooLow]))).toEqual([
      ['high', 'ok', false],
      ['low', 'sunk', true],
    ]);
  });

  it('lists the pods on no node, with the nodes that would do', () => {
    const { waiting } = reportOn(nodes, [pod('a', 524_288), pod('b', 2_100_000)], settings);
    expect(waiting).toEqual([
      { namespace: 'search', name: 'a', needs: 524_288, nodes: ['high'] },
      { namespace: 'search', name: 'b', needs: 2_100_000, nodes: [] },
    ]);
  });

  it('prints tables', () => {
    const pods = [pod('sunk', 262_144, { on: 'low' }), pod('a', 524_288), pod('b', 2_100_000)];
    expect(reportText(reportOn(nodes, pods, settings))).toBe(
      [
        'NODE    MAX-MAP-COUNT.IO/VALUE  FITS                         PODS THAT NEED IT',
        'high    2000000                 all workloads                0',
        'middle  262144                  all but sonarqube, doris-be  0',
        'low     65530                   none                         1',
        'bare    none                    none                         0',
        'odd     abc (no integer)        none                         0',
        '',
        'POD          NEEDS    BUT',
        'search/sunk  262144   is on low, which is too low',
        'search/a     524288   waits, although high would do: see kubectl describe pod',
        'search/b     2100000  waits: no node has the value',
        '',
      ].join('\n'),
    );
  });
});

/** Who sits at the terminal: what they answer, or nobody. */
interface Person {
  readonly answer?: string;
  readonly dryRun?: boolean;
  readonly status?: number;
}

const CLUSTER = 'context stub, server https://stub.invalid\n';

describe('--clean', () => {
  async function cleaned(nodes: JsonObject[], { status = 200, dryRun = false, answer }: Person = { answer: 'y' }) {
    const [written, asked] = [{ stdout: '', stderr: '' }, [] as KubeRequest[]];
    const sink = (stream: 'stdout' | 'stderr') => ({
      colour: false,
      write(text: string) {
        written[stream] += text;
      },
    });
    const send = async (request: KubeRequest) => {
      asked.push(request);
      return { status, body: { message: 'nodes is forbidden' }, warnings: [] };
    };
    const kube = { context: 'stub', server: 'https://stub.invalid', namespace: 'default', send };
    const questions: string[] = [];
    const ask = async (question: string) => {
      questions.push(question);
      return answer ?? '';
    };
    const io = { stdout: sink('stdout'), stderr: sink('stderr'), ...(answer !== undefined && { ask }) };
    const code = await clean(kube, nodes, LABEL, { io, consent: { yes: false, dryRun } });
    return { ...written, asked, code, questions };
  }

  it('removes what the node agent has set, and leaves alone what somebody else has', async () => {
    const { asked, stdout, stderr, code, questions } = await cleaned([
      node('ours', '262144'),
      node('pool', '262144', 'kubectl-label'),
      node('bare'),
    ]);
    expect(asked).toMatchObject([
      { method: 'PATCH', path: '/api/v1/nodes/ours', body: { metadata: { labels: { [LABEL]: null } } } },
    ]);
    expect(stdout).toBe('node/ours unlabeled\n');
    expect(stderr).toBe(`node/pool: left as it is, the node agent did not set ${LABEL}\n${CLUSTER}`);
    expect(questions).toEqual([`Remove the label ${LABEL} from node ours? [y/N] `]);
    expect(code).toBe(0);
  });

  it('goes on when a node refuses, and exits 2', async () => {
    const { asked, stdout, stderr, code } = await cleaned([node('a', '1'), node('b', '1')], {
      answer: 'yes',
      status: 403,
    });
    expect(asked).toHaveLength(2);
    const refusals = 'node/a: nodes is forbidden\nnode/b: nodes is forbidden\n';
    expect([stdout, stderr, code]).toEqual(['', `${CLUSTER}${refusals}`, 2]);
  });

  it.each(['', 'n', 'yup'])('changes nothing when the answer is "%s"', async (answer) => {
    const { asked, stdout, stderr, code } = await cleaned([node('ours', '1')], { answer });
    expect([asked, stdout, stderr, code]).toEqual([[], '', `${CLUSTER}nothing was changed\n`, 2]);
  });

  it('changes nothing when nobody can be asked', async () => {
    await expect(cleaned([node('ours', '1')], {})).rejects.toThrow('standard input is no terminal');
  });

  it('--dry-run asks nobody, and only the API server', async () => {
    const { asked, stdout, code } = await cleaned([node('ours', '1')], { dryRun: true });
    expect(asked.map(({ path }) => path)).toEqual(['/api/v1/nodes/ours?dryRun=All']);
    expect([stdout, code]).toEqual(['node/ours unlabeled (server dry run)\n', 0]);
  });

  it('has nothing to ask when there is nothing to remove', async () => {
    const { asked, stderr, code, questions } = await cleaned([node('bare')], { answer: 'y' });
    expect([asked, questions, code]).toEqual([[], [], 0]);
    expect(stderr).toBe('context stub, server https://stub.invalid: no node has a label that the node agent set\n');
  });
});

it('nodes --help has an example', async () => {
  const { stdout, code } = await cli(['nodes', '--help']);
  expect(stdout).toMatch(/^Usage: kubectl max-map-count nodes .*\n/);
  expect(stdout).toContain('\nExamples:\n  kubectl max-map-count nodes\n');
  expect(code).toBe(0);
});
