import * as z from 'zod';
import { omit } from 'zod/mini';
import { configSchema } from '../../src/config/schema.ts';
import { HIGHEST, LOWEST } from '../../src/core/kernel-range.ts';
import {
  affinity,
  labelSelector,
  matchConditions,
  networkPolicyPeers,
  podCount,
  pullPolicy,
  resources,
  strings,
  tolerations,
  topologySpreadConstraints,
} from './kubernetes-types.ts';

const port = z.int().min(1).max(65_535);
const goDuration = z.string().regex(/^([0-9]+(\.[0-9]+)?(h|m|s|ms))+$/);

const scheduling = {
  nodeSelector: strings.optional(),
  tolerations: tolerations.optional(),
  affinity: affinity.optional(),
  priorityClassName: z.string().optional(),
};

const availability = {
  replicas: z.int().min(1),
  updateStrategy: z.strictObject({ maxUnavailable: podCount, maxSurge: podCount }),
  podDisruptionBudget: z.strictObject({
    enabled: z.boolean(),
    maxUnavailable: z.union([z.int().min(1), z.string().regex(/^[0-9]+%$/)]),
    unhealthyPodEvictionPolicy: z.enum(['AlwaysAllow', 'IfHealthyBudget']),
  }),
  autoscaling: z.strictObject({
    enabled: z.boolean(),
    minReplicas: z.int().min(1),
    maxReplicas: z.int().min(1),
    targetCPUUtilizationPercentage: z.int().min(1),
  }),
  topologySpreadConstraints: topologySpreadConstraints.optional(),
};

const network = {
  hostNetwork: z.boolean(),
  dnsPolicy: z.enum(['', 'ClusterFirst', 'ClusterFirstWithHostNet', 'Default']),
  ports: z.strictObject({ webhook: port, admin: port }),
  service: z.strictObject({ annotations: strings.optional() }),
  networkPolicy: z.strictObject({ enabled: z.boolean(), adminFrom: networkPolicyPeers.optional() }),
};

const webhook = z.strictObject({
  failurePolicy: z.enum(['Ignore', 'Fail']),
  timeoutSeconds: z.int().min(1).max(30),
  reinvocationPolicy: z.enum(['IfNeeded', 'Never']),
  namespaceSelector: labelSelector.optional(),
  objectSelector: labelSelector.optional(),
  prefilter: z.boolean(),
  matchConditions: matchConditions.optional(),
  warnOnWorkloads: z.boolean(),
  annotations: strings.optional(),
});

const tls = z.strictObject({
  mode: z.enum(['certManager', 'rotated', 'helm', 'existingSecret']),
  certManager: z.strictObject({
    issuerRef: z.union([
      z.strictObject({}),
      z.strictObject({ group: z.string().min(1), kind: z.string().min(1), name: z.string().min(1) }),
    ]),
    duration: goDuration,
    renewBefore: goDuration,
  }),
  rotated: z.strictObject({
    days: z.int().min(1),
    renewBeforeDays: z.int().min(0),
    schedule: z.string().min(1),
    resources: resources.optional(),
  }),
  helm: z.strictObject({ days: z.int().min(1), renewBeforeDays: z.int().min(0) }),
  existingSecret: z.strictObject({ secretName: z.string().optional(), caBundle: z.string().optional() }),
});

const auth = z.strictObject({
  mode: z.enum(['none', 'clientCertificate']),
  names: z.array(z.string().min(1)).optional(),
  caBundle: z.string().optional(),
  caSecretName: z.string().optional(),
});

const metrics = z.strictObject({
  serviceMonitor: z.strictObject({ enabled: z.boolean(), interval: goDuration, labels: strings.optional() }),
  prometheusRule: z.strictObject({ enabled: z.boolean(), labels: strings.optional(), runbookUrl: z.url() }),
  dashboard: z.strictObject({ enabled: z.boolean(), labels: strings.optional() }),
});

const preparedNodes = z.strictObject({
  enabled: z.boolean(),
  mode: z.enum(['raise', 'label-only']),
  persist: z.boolean(),
  value: z.union([z.literal(0), z.int().min(LOWEST).max(HIGHEST)]),
  ...scheduling,
  updateStrategy: z.strictObject({
    type: z.enum(['RollingUpdate', 'OnDelete']),
    rollingUpdate: z.looseObject({}).optional(),
  }),
  resources: resources.optional(),
});

/** The server's configuration, without what the chart decides itself. */
export const chartConfig = omit(configSchema, { listen: true, tls: true, auth: true });

/** The schema of the chart's values. */
export const valuesSchema = z.strictObject({
  engine: z.enum(['webhook', 'admissionPolicy']),
  // What a parent chart hands to all its children.
  global: z.looseObject({}).optional(),
  image: z.strictObject({
    registry: z.string().optional(),
    repository: z.string().min(1),
    tag: z
      .string()
      .regex(/^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$/)
      .optional(),
    digest: z
      .string()
      .regex(/^(sha256:[0-9a-f]{64})?$/)
      .optional(),
    pullPolicy,
  }),
  imagePullSecrets: z.array(z.strictObject({ name: z.string().min(1) })).optional(),
  nameOverride: z.string().optional(),
  fullnameOverride: z.string().optional(),
  commonLabels: strings.optional(),
  podLabels: strings.optional(),
  podAnnotations: strings.optional(),
  resources: resources.optional(),
  podSecurityContext: z.looseObject({}).optional(),
  ...scheduling,
  ...availability,
  ...network,
  namespaces: z.strictObject({ mode: z.enum(['all', 'optIn', 'list']), names: z.array(z.string().min(1)).optional() }),
  webhook,
  tls,
  auth,
  podSecurity: z.strictObject({
    clusterDefault: z.enum(['', 'privileged', 'baseline', 'restricted']),
    privilegedNamespaces: z.enum(['init-container', 'node-affinity', 'none']),
    restrictedNamespaces: z.enum(['none', 'node-affinity']),
  }),
  metrics,
  test: z.strictObject({ namespace: z.string().min(1) }),
  preparedNodes,
  config: chartConfig,
});
