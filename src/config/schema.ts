import * as z from 'zod';
import { builtInWorkloads } from '../core/catalogue.ts';
import { parseImage } from '../core/image.ts';
import { HIGHEST } from '../core/kernel-range.ts';
import { type Workload, workloadSchema } from '../core/workload.ts';
import { DEFAULTS } from './defaults.ts';

// One parse per process: compiling a parser would cost more memory than it saves time.
z.config({ jitless: true });

const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
// The grammar of k8s.io/apimachinery/pkg/api/resource, without a sign.
const QUANTITY = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
const LABEL_NAME = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_PREFIX = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

function isImage(text: string): boolean {
  const image = parseImage(text);
  return image !== undefined && (image.digest === undefined || DIGEST.test(image.digest));
}

function isLabelKey(key: string): boolean {
  const [name = '', prefix, ...rest] = key.split('/').reverse();
  const hasPrefix = prefix === undefined || (prefix.length <= 253 && LABEL_PREFIX.test(prefix));
  return rest.length === 0 && hasPrefix && LABEL_NAME.test(name);
}

const names = builtInWorkloads.map((row) => row.name);
const isBuiltIn = (name: string) => names.includes(name);
const port = z.int().min(0).max(65_535);
const quantity = z.string().regex(QUANTITY, 'must be a quantity such as 10m or 16Mi');
const file = z.string().min(1, 'must name a file');

function refuseSameName(rows: readonly Workload[], context: z.core.$RefinementCtx): void {
  for (const [index, { name }] of rows.entries()) {
    const first = rows.findIndex((row) => row.name === name);
    if (first < index) {
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: `workloads[${first}] has the same name, ${name}`,
      });
    }
  }
}

const authSchema = z
  .strictObject({
    mode: z.enum(['none', 'clientCertificate']).default('none').meta({
      description: 'Who is answered: everyone (`none`), or who has a certificate of the authority and name below.',
    }),
    caFile: file
      .optional()
      .meta({ description: 'Authorities that sign certificates of callers, PEM. Picked up like the certificate.' }),
    names: z
      .array(z.string().min(1, 'must be a common name'))
      .optional()
      .meta({ description: 'Common names of callers, at least one: an authority may sign for others, too.' }),
  })
  .transform(({ mode, caFile, names = [] }, context): Auth => {
    if (mode === 'none') return { mode };
    if (names.length === 0) refuseKey(context, 'names', 'must list a common name (auth.mode is clientCertificate)');
    if (caFile !== undefined) return { mode, caFile, names };
    refuseKey(context, 'caFile', 'must name a file (auth.mode is clientCertificate)');
    return z.NEVER;
  });

function refuseKey(context: z.core.$RefinementCtx, key: string, message: string): void {
  context.addIssue({ code: 'custom', path: [key], message });
}

/** Who is answered on the webhook port. */
export type Auth =
  | { readonly mode: 'none' }
  | { readonly mode: 'clientCertificate'; readonly caFile: string; readonly names: readonly string[] };

/** The schema of the configuration file; every key has a default, and one sentence that all documents share. */
export const configSchema = z.strictObject({
  listen: z
    .strictObject({
      port: port.default(8443).meta({ description: 'Port of the webhook (HTTPS). 0 means any free port.' }),
      adminPort: port
        .default(8081)
        .meta({ description: 'Port of `/healthz`, `/readyz`, `/metrics` and `/version` (HTTP).' }),
      drainSeconds: z.int().min(0).max(300).default(5).meta({
        description: 'How long to go on answering after SIGTERM, while the API server learns that this pod leaves.',
      }),
    })
    .refine((listen) => listen.port === 0 || listen.port !== listen.adminPort, {
      path: ['adminPort'],
      error: 'must differ from listen.port',
    })
    .prefault({}),
  tls: z
    .strictObject({
      certFile: file
        .default('/tls/tls.crt')
        .meta({ description: 'Certificate chain, PEM. A changed file is picked up without a restart.' }),
      keyFile: file.default('/tls/tls.key').meta({ description: 'Its private key, PEM.' }),
    })
    .prefault({}),
  auth: authSchema.prefault({}),
  level: z.enum(['required', 'recommended']).default(DEFAULTS.level).meta({
    description:
      'The number to aim for: `required`, below which the workload refuses to start, or `recommended` by its vendor.',
  }),
  mode: z
    .enum(['enforce', 'observe'])
    .default(DEFAULTS.mode)
    .meta({ description: '`enforce`, or `observe`, which decides, counts and logs and never patches.' }),
  initContainer: z
    .strictObject({
      image: z
        .string()
        .refine(isImage, 'must be an image reference such as registry.example/busybox:1.37.0@sha256:<64 hex digits>')
        .default(DEFAULTS.initContainer.image)
        .meta({
          description:
            'Image of the injected init container: anything with `/bin/sh` and `sysctl` that pods of every namespace can pull. Pin it by digest.',
        }),
      imagePullPolicy: z
        .enum(['Always', 'IfNotPresent', 'Never'])
        .default(DEFAULTS.initContainer.imagePullPolicy)
        .meta({ description: 'Pull policy of the injected init container.' }),
      resources: z
        .union(
          [
            z.literal('inherit'),
            z.strictObject({
              cpu: quantity.meta({ description: 'CPU, as request and limit.' }),
              memory: quantity.meta({ description: 'Memory, as request and limit.' }),
            }),
          ],
          {
            error:
              'must be inherit, or both cpu and memory as quantities, for example {cpu: 10m, memory: 16Mi} or {cpu: "1", memory: 16Mi}',
          },
        )
        .default(DEFAULTS.initContainer.resources)
        .meta({
          description:
            '`inherit` copies the requests and limits of the container that needs the value; `{cpu: 10m, memory: 16Mi}` sets both instead.',
        }),
    })
    .prefault({}),
  nodeAffinity: z
    .strictObject({
      label: z
        .string()
        .refine(isLabelKey, 'must be a label key such as max-map-count.io/value')
        .default(DEFAULTS.nodeAffinity.label)
        .meta({ description: 'Node label whose integer value says what the node is prepared for.' }),
      mode: z
        .enum(['required', 'preferred'])
        .default(DEFAULTS.nodeAffinity.mode)
        .meta({ description: '`required` keeps pods off other nodes; `preferred` only prefers prepared ones.' }),
    })
    .prefault({}),
  nodes: z
    .strictObject({
      guaranteed: z.int().min(0).max(HIGHEST).default(DEFAULTS.nodes.guaranteed).meta({
        description:
          'What every node has at least, by your word: a workload that needs no more is left alone. 0 for no such promise.',
      }),
    })
    .prefault({}),
  workloads: z
    .array(workloadSchema)
    .superRefine(refuseSameName)
    .default([])
    .meta({ description: 'Catalogue rows to add. A row with the name of a built-in one replaces it.' }),
  disabledWorkloads: z
    .array(z.string().refine(isBuiltIn, `is no built-in workload; these are: ${names.join(', ')}`))
    .default([])
    .meta({ description: 'Names of built-in catalogue rows to switch off.' }),
  log: z
    .strictObject({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
        .default('info')
        .meta({ description: 'Patched pods are logged at `info`, matched pods that are left alone at `debug`.' }),
    })
    .prefault({}),
});

/** The configuration file's content with every default filled in. */
export type ConfigFile = z.output<typeof configSchema>;
