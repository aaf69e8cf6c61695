import * as z from 'zod';

/** A mapping of strings, such as labels. */
export const strings = z.record(z.string(), z.string());

export const pullPolicy = z.enum(['Always', 'IfNotPresent', 'Never']);

/** A number of pods, or a share of them. */
export const podCount = z.union([z.int().min(0), z.string().regex(/^[0-9]+%$/)]);

const quantities = z.record(z.string(), z.union([z.string(), z.number()]));

export const resources = z.strictObject({
  requests: quantities.optional(),
  limits: quantities.optional(),
  claims: z.array(z.looseObject({})).optional(),
});

export const tolerations = z.array(
  z.strictObject({
    key: z.string().optional(),
    operator: z.string().optional(),
    value: z.string().optional(),
    effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
    tolerationSeconds: z.int().optional(),
  }),
);

export const affinity = z.strictObject({
  nodeAffinity: z.looseObject({}).optional(),
  podAffinity: z.looseObject({}).optional(),
  podAntiAffinity: z.looseObject({}).optional(),
});

export const topologySpreadConstraints = z.array(
  z.strictObject({
    topologyKey: z.string().min(1),
    maxSkew: z.int().min(1),
    minDomains: z.int().min(1).optional(),
    whenUnsatisfiable: z.enum(['DoNotSchedule', 'ScheduleAnyway']),
    labelSelector: z.looseObject({}).optional(),
    matchLabelKeys: z.array(z.string()).optional(),
    nodeAffinityPolicy: z.enum(['Honor', 'Ignore']).optional(),
    nodeTaintsPolicy: z.enum(['Honor', 'Ignore']).optional(),
  }),
);

export const labelSelector = z.strictObject({
  matchLabels: strings.optional(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string().min(1),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

export const networkPolicyPeers = z.array(
  z.strictObject({
    podSelector: labelSelector.optional(),
    namespaceSelector: labelSelector.optional(),
    ipBlock: z.strictObject({ cidr: z.string().min(1), except: z.array(z.string()).optional() }).optional(),
  }),
);

export const matchConditions = z.array(z.strictObject({ name: z.string().min(1), expression: z.string().min(1) }));
