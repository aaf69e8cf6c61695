import * as z from 'zod';
import { builtInWorkloads } from '../core/catalogue.ts';
import { parseImage } from '../core/image.ts';
import { type Workload, workloadSchema } from '../core/workload.ts';

// One parse per process: compiling a parser would cost more memory than it saves time.
z.config({ jitless: true });

/** The init container's image unless the administrator names another. */
export const DEFAULT_IMAGE =
  'docker.io/library/busybox:1.37.0@sha256:9db7b59979c38555a39def84a31fb98b5296952f9e3afd4f6f11f05b07adfab0';

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

/** The schema of the configuration file; every key has a default. Port 0 means any free port. */
export const configSchema = z.strictObject({
  listen: z
    .strictObject({
      port: port.default(8443),
      adminPort: port.default(8081),
      drainSeconds: z.int().min(0).max(300).default(5),
    })
    .refine((listen) => listen.port === 0 || listen.port !== listen.adminPort, {
      path: ['adminPort'],
      error: 'must differ from listen.port',
    })
    .prefault({}),
  tls: z.strictObject({ certFile: file.default('/tls/tls.crt'), keyFile: file.default('/tls/tls.key') }).prefault({}),
  level: z.enum(['required', 'recommended']).default('required'),
  mode: z.enum(['enforce', 'observe']).default('enforce'),
  initContainer: z
    .strictObject({
      image: z
        .string()
        .refine(isImage, 'must be an image reference such as registry.example/busybox:1.37.0@sha256:<64 hex digits>')
        .default(DEFAULT_IMAGE),
      imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).default('IfNotPresent'),
      resources: z
        .union([z.literal('inherit'), z.strictObject({ cpu: quantity, memory: quantity })], {
          error:
            'must be inherit, or both cpu and memory as quantities, for example {cpu: 10m, memory: 16Mi} or {cpu: "1", memory: 16Mi}',
        })
        .default('inherit'),
    })
    .prefault({}),
  nodeAffinity: z
    .strictObject({
      label: z
        .string()
        .refine(isLabelKey, 'must be a label key such as max-map-count.io/value')
        .default('max-map-count.io/value'),
      mode: z.enum(['required', 'preferred']).default('required'),
    })
    .prefault({}),
  workloads: z.array(workloadSchema).superRefine(refuseSameName).default([]),
  disabledWorkloads: z
    .array(z.string().refine(isBuiltIn, `is no built-in workload; these are: ${names.join(', ')}`))
    .default([]),
  log: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    })
    .prefault({}),
});

/** The configuration file's content with every default filled in. */
export type ConfigFile = z.output<typeof configSchema>;
