// examples/policies: how a policy engine tells our init container from any other privileged one. One CEL expression, written
// down for three engines; test/cluster/policy-engines.test.ts runs it on the real API server.
import { stringify } from 'yaml';
import { readConfig } from '../../src/config/read-config.ts';
import { builtInWorkloads } from '../../src/core/catalogue.ts';
import { CONTAINER_NAME, raiseScript } from '../../src/core/init-container.ts';

const ANY = 1_234_567_890;
const PLACEHOLDER = '@VALUE@';
const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount';
const MESSAGE = 'a privileged container is allowed only as max-map-count-webhook adds it';

/** The files of examples/policies. */
export function policyRecipes(): { readonly file: string; readonly text: string }[] {
  return [
    { file: 'validating-admission-policy', objects: validatingAdmissionPolicy() },
    { file: 'kyverno-exception', objects: [kyvernoException()] },
    { file: 'gatekeeper-template', objects: gatekeeper() },
  ].map(({ file, objects }) => ({ file: `examples/policies/${file}.yaml`, text: documents(HEADS[file], objects) }));
}

const HEADS: Readonly<Record<string, string>> = {
  'validating-admission-policy': `# No privileged container but exactly ours, in every namespace but kube-system and those labelled
# privileged-containers=allowed: storage and network drivers need that. Kubernetes 1.30 or newer.`,
  'kyverno-exception': `# Kyverno, as of 1.19: an exception from a ValidatingPolicy that forbids privileged containers, for pods whose only
# privileged container is exactly ours. Put the name of your policy into policyRefs. Kyverno must allow exceptions in this
# namespace (its flags enablePolicyException and exceptionNamespace).`,
  'gatekeeper-template': `# Gatekeeper, as of 3.23: no privileged container but exactly ours, in place of K8sPSPPrivilegedContainer of its library,
# whose exemptImages would let every command of that image through.`,
};

/** True for a pod, `pod` in CEL, all whose privileged containers are exactly ours. */
function onlyOursIsPrivileged(pod: string): string {
  const privileged = 'has(c.securityContext) && has(c.securityContext.privileged) && c.securityContext.privileged';
  const lists = ['containers', 'initContainers', 'ephemeralContainers'];
  // Those who may debug pods could else add one to a running pod.
  const of = (list: string, test: string) => `(!has(${pod}.spec.${list}) || ${pod}.spec.${list}.all(c, ${test}))`;
  return lists
    .map((list) => of(list, list === 'initContainers' ? `!(${privileged}) ||\n${isOurs()}` : `!(${privileged})`))
    .join(' &&\n');
}

// Whatever could make the same image and command do something else must be absent: a variable, a mount over a program, a
// probe, a hook. The API server itself mounts the token.
function isOurs(): string {
  const { config } = configured();
  const absent = ['args', 'env', 'envFrom', 'volumeDevices', 'restartPolicy', 'lifecycle', 'workingDir'];
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];
  const numbers = [...new Set(builtInWorkloads.flatMap(valuesOf))].sort((one, other) => one - other);
  const script = raiseScript(ANY).replaceAll(String(ANY), PLACEHOLDER);
  return [
    `(c.name == '${CONTAINER_NAME}' && c.image == '${config.settings.initContainer.image}'`,
    ...[...absent, ...probes].map((field) => `!has(c.${field})`),
    `(!has(c.volumeMounts) || c.volumeMounts.all(m, m.mountPath == '${TOKEN}'))`,
    `has(c.command) && c.command.size() == 3 && c.command[0] == '/bin/sh' && c.command[1] == '-c'`,
    `[${numbers.map((number) => `'${number}'`).join(', ')}].exists(n, c.command[2] == r'''${script}'''.replace('${PLACEHOLDER}', n)))`,
  ].join(' &&\n');
}

function configured() {
  const result = readConfig();
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result;
}

function valuesOf({ required, recommended, earlier }: (typeof builtInWorkloads)[number]): number[] {
  const all = [required, recommended?.value ?? required, ...earlier.map((range) => range.required)];
  return all.filter((value) => value > 0);
}

function validatingAdmissionPolicy(): object[] {
  const name = 'privileged-only-max-map-count';
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            // Not every change of a pod: one that is there keeps its labels and finalizers up to date.
            rule('CREATE', 'pods'),
            rule('UPDATE', 'pods/ephemeralcontainers'),
          ],
        },
        validations: [{ expression: onlyOursIsPrivileged('object'), message: MESSAGE, reason: 'Forbidden' }],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: {
          namespaceSelector: {
            matchExpressions: [
              { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] },
              { key: 'privileged-containers', operator: 'NotIn', values: ['allowed'] },
            ],
          },
        },
      },
    },
  ];
}

function rule(operation: string, resource: string): object {
  return { apiGroups: [''], apiVersions: ['v1'], operations: [operation], resources: [resource] };
}

function kyvernoException(): object {
  return {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'PolicyException',
    metadata: { name: 'max-map-count', namespace: 'kyverno' },
    spec: {
      policyRefs: [{ name: 'disallow-privileged-containers', kind: 'ValidatingPolicy' }],
      matchConditions: [{ name: 'only-ours-is-privileged', expression: onlyOursIsPrivileged('object') }],
    },
  };
}

function gatekeeper(): object[] {
  const kind = 'PrivilegedOnlyMaxMapCount';
  const source = { validations: [{ expression: onlyOursIsPrivileged('variables.anyObject'), message: MESSAGE }] };
  return [
    {
      apiVersion: 'templates.gatekeeper.sh/v1',
      kind: 'ConstraintTemplate',
      metadata: { name: kind.toLowerCase() },
      spec: {
        crd: { spec: { names: { kind } } },
        targets: [{ target: 'admission.k8s.gatekeeper.sh', code: [{ engine: 'K8sNativeValidation', source }] }],
      },
    },
    {
      apiVersion: 'constraints.gatekeeper.sh/v1beta1',
      kind,
      metadata: { name: 'privileged-only-max-map-count' },
      spec: {
        match: { kinds: [{ apiGroups: [''], kinds: ['Pod'] }], excludedNamespaces: ['kube-system'] },
      },
    },
  ];
}

function documents(head = '', objects: readonly object[]): string {
  const note =
    '# Generated with the default image and the numbers of the catalogue: `npm run generate`. See docs/policy-engines.md.';
  return `${head}\n${note}\n${objects.map((object) => stringify(object, { lineWidth: 0 })).join('---\n')}`;
}
