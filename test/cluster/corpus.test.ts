// The whole corpus, decided by the built server behind a real API server: what it makes of each pod is what the core
// made of it, the API server accepts it, and neither quota nor QoS class sees a difference.
import fastJsonPatch from 'fast-json-patch';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { APPLIED } from '../../src/core/annotations.ts';
import { CONTAINER_NAME } from '../../src/core/init-container.ts';
import { get, type JsonObject, objects, textMap } from '../../src/core/json.ts';
import { auditEventsWith, webhooksCalled } from '../../tools/control-plane/audit.ts';
import { eventually } from '../../tools/process/eventually.ts';
import { outputOf } from '../../tools/process/run.ts';
import { createStandIn, type StandIn } from '../../tools/stand-in/stand-in.ts';
import { type ApiAnswer, apiClient, comparablePod, refusalOf } from '../support/api-client.ts';
import { type Case, caseNames, readCase } from '../support/cases.ts';
import { cluster } from '../support/cluster.ts';
import { conditionFigures } from '../support/condition-figures.ts';
import { GROUP_LABEL, groupsOf, startCorpusWebhooks } from '../support/corpus-webhooks.ts';
import { createdPod } from '../support/created-pod.ts';
import { readGolden } from '../support/goldens.ts';
import { createNamespaceWith, LIMIT_RANGE, QUOTA } from '../support/namespaces.ts';

const { available, kubectl, binaries, kubeconfig, apply } = cluster();
const RUNTIME_CLASSES = ['gvisor', 'kata', 'kata-qemu', 'nvidia'];
// What these cases show cannot be created through the API.
const REFUSED: Readonly<Record<string, [number, string]>> = {
  'lookalike-ephemeral-server-image': [422, 'spec.ephemeralContainers: Forbidden: cannot be set on create'],
  'lookalike-unparsable-references': [422, 'spec.containers[2].image: Required value'],
  'not-a-pod-containers-is-a-map': [400, 'cannot unmarshal object into Go struct field PodSpec.spec.containers'],
};

const cases = caseNames.map(readCase);
const accepted = cases.filter(({ name }) => !(name in REFUSED));
const groups = groupsOf(cases);
// The names of the pods that the stand-in is asked for, too, begin with it.
const STAND_IN = 'stand-in-';
const labels = [...new Set(groups.values())].flatMap(({ label, unfiltered }) => [label, unfiltered]);

/** Namespaces that differ only in which webhook is called; in `unseen` none is. */
interface Environment {
  readonly unseen: string;
  readonly seen: ReadonlyMap<string, string>;
}

describe.skipIf(!available)('the corpus, on a real API server', () => {
  const counts = { accepted: 0, unchanged: 0, equal: 0 };
  const client = apiClient(kubeconfig);
  const createDry = (namespace: string, pod: object) => client.createPod(namespace, pod, { dryRun: true });

  const createEnvironment = async (...objects: Parameters<typeof createNamespaceWith>[2] & object) => {
    const leftOut = { [GROUP_LABEL]: labels[0] ?? '', 'max-map-count.io/inject': 'disabled' };
    const unseen = await createNamespaceWith(client, leftOut, objects);
    const create = async (label: string) => {
      return [label, await createNamespaceWith(client, { [GROUP_LABEL]: label }, objects)] as const;
    };
    return { unseen, seen: new Map(await Promise.all(labels.map(create))) };
  };

  let plain: Environment;
  let standIn: StandIn;
  let stop = async () => {};
  beforeAll(async () => {
    outputOf(await apply(...RUNTIME_CLASSES.map(runtimeClass)));
    plain = await createEnvironment();
    const { auditLog } = inject('controlPlane');
    const registrar = { kubectl, binaries, auditLog };
    const probeNamespace = namespaceOf(plain, { name: caseNames[0] ?? '' });
    const webhooks = await startCorpusWebhooks(registrar, [...new Set(groups.values())], probeNamespace);
    stop = webhooks.stop;
    const namespaces = [...plain.seen].map(([label, namespace]) => [namespace, { [GROUP_LABEL]: label }] as const);
    standIn = createStandIn(webhooks.configuration, new Map(namespaces));
  });
  afterAll(async () => {
    await stop();
    outputOf(await kubectl(['delete', 'runtimeclass', ...RUNTIME_CLASSES]));
    const { accepted, unchanged, equal } = counts;
    console.log(
      `corpus on the real API server: ${accepted} patched pods accepted, ${unchanged} left as they were, ` +
        `${equal} times the same status and QoS class under a quota with and without our patch`,
    );
  });

  it.concurrent.each(accepted)('$name', async (known) => {
    const pod = createdPod(known);
    const { patch, warnings } = readGolden(known);
    const withPatch = fastJsonPatch.applyPatch(structuredClone(pod), structuredClone(patch)).newDocument;
    const [unpatched, patched] = [await createDry(plain.unseen, pod), await createDry(plain.unseen, withPatch)];
    const admitted = await createDry(namespaceOf(plain, known), pod);
    expect([unpatched, patched, admitted].map(verdictOf)).toEqual(['201', '201', '201']);
    expect(comparablePod(admitted.body)).toEqual(comparablePod(patched.body));
    expect(ourWarnings(admitted)).toEqual(isCalledFor(pod) ? warnings : []);
    const unfiltered = await createDry(namespaceOf(plain, known, 'unfiltered'), pod);
    expect(comparablePod(unfiltered.body)).toEqual(comparablePod(admitted.body));
    expect(unfiltered.warnings).toEqual(admitted.warnings);
    // Numbers of the administrator may change the class: that is what inheriting is for.
    if (known.settings.initContainer.resources === 'inherit') expect(qosClassOf(admitted)).toBe(qosClassOf(unpatched));
    counts[patch.length > 0 ? 'accepted' : 'unchanged'] += 1;
  });

  describe('the stand-in that plays the part of the API server', () => {
    const called = new Map<string, readonly string[]>();

    it.concurrent.each(accepted)('does the same to $name', async (known) => {
      const namespace = namespaceOf(plain, known);
      const created = createdPod(known);
      const pod = { ...created, metadata: { ...(created.metadata as JsonObject), name: `${STAND_IN}${known.name}` } };
      const admitted = await createDry(namespace, pod);
      const outcome = await standIn.createPod(namespace, pod, { dryRun: true });
      // What else the API server adds to a pod, it adds to the stand-in's as well.
      const completed = await createDry(plain.unseen, outcome.pod);
      expect([admitted, completed].map(verdictOf)).toEqual(['201', '201']);
      expect(comparablePod(completed.body)).toEqual(comparablePod(admitted.body));
      expect(outcome.warnings).toEqual(ourWarnings(admitted));
      called.set(`${STAND_IN}${known.name}`, outcome.calls);
    });

    it('calls the same webhooks for the same pods, as often', async () => {
      const { auditLog } = inject('controlPlane');
      const look = async () => {
        const events = await auditEventsWith(auditLog, `"${STAND_IN}`);
        const seen = events.filter(({ objectRef }) => objectRef?.namespace !== plain.unseen);
        const names = new Map(seen.map((event) => [event.objectRef?.name ?? '', webhooksCalled(event)]));
        expect(names).toEqual(called);
      };
      await eventually('waiting for the audit log', look, { seconds: 20 });
      expect(called.size).toBe(accepted.length);
    });
  });

  it('is let past the webhook where it has nothing to say, and no condition goes wrong', async () => {
    const { excluded, errors } = await conditionFigures(kubectl, /^group-/);
    expect(errors).toBe(0);
    const silent = accepted.filter((known) => readGolden(known).reason === 'not-matched');
    expect(excluded).toBeGreaterThan(silent.length / 3);
    expect((await conditionFigures(kubectl, /^unfiltered-/)).errors).toBe(0);
  });

  it.each(Object.entries(REFUSED))('%s is refused for its own sake', async (name, [status, sentence]) => {
    const known = readCase(name);
    for (const namespace of [plain.unseen, namespaceOf(plain, known)]) {
      const answer = await createDry(namespace, createdPod(known));
      expect(answer.status).toBe(status);
      expect(refusalOf(answer)).toContain(sentence);
    }
    expect(known.expect.decision).toBe('skip');
  });

  describe.each([
    { where: 'a quota', objects: [QUOTA], statuses: [201, 403] },
    { where: 'a quota and a LimitRange', objects: [QUOTA, LIMIT_RANGE], statuses: [201] },
  ])('under $where', ({ objects, statuses }) => {
    let limited: Environment;
    beforeAll(async () => {
      limited = await createEnvironment(...objects);
    });
    const met = new Set<number>();
    afterAll(() => expect([...met].sort()).toEqual(statuses));

    it.concurrent.each(cases.filter(({ expect: { decision } }) => decision === 'patch'))('$name', async (known) => {
      const pod = createdPod(known);
      const without = await createDry(limited.unseen, pod);
      const admitted = await createDry(namespaceOf(limited, known), pod);
      expect(admitted.status).toBe(without.status);
      expect(qosClassOf(admitted)).toBe(qosClassOf(without));
      met.add(admitted.status);
      counts.equal += 1;
    });
  });
});

function namespaceOf(
  environment: Environment,
  known: Pick<Case, 'name'>,
  kind: 'label' | 'unfiltered' = 'label',
): string {
  const namespace = environment.seen.get(groups.get(known.name)?.[kind] ?? '');
  if (namespace === undefined) throw new Error(`there is no namespace for case ${known.name}`);
  return namespace;
}

/** The status code, with what the API server says to a refusal. */
function verdictOf(answer: ApiAnswer): string {
  return `${answer.status} ${refusalOf(answer)}`.trim();
}

function ourWarnings({ warnings }: ApiAnswer): string[] {
  return warnings.filter((warning) => warning.startsWith('max-map-count: '));
}

function qosClassOf({ body }: ApiAnswer): unknown {
  return get(body.status, 'qosClass');
}

function runtimeClass(name: string): object {
  return { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler: name };
}

/** Whether the chart's match conditions, but for the prefilter, let the API server call the webhook. */
function isCalledFor({ metadata, spec }: JsonObject): boolean {
  const annotations = textMap(metadata, 'annotations');
  const hasOurs = objects(spec, 'initContainers').some(({ name }) => name === CONTAINER_NAME);
  return !annotations.has('kubernetes.io/config.mirror') && !(annotations.has(APPLIED) && hasOurs);
}
