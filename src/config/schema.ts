import * as z from 'zod/mini';
import english from 'zod/v4/locales/en.js';
import { builtInWorkloads } from '../core/catalogue.ts';
import { described } from '../core/described.ts';
import { parseImage } from '../core/image.ts';
import { HIGHEST } from '../core/kernel-range.ts';
import { type Workload, workloadSchema } from '../core/workload.ts';
import { DEFAULTS } from './defaults.ts';

// One parse per process: compiling a parser would cost more memory than it saves time.
z.config({ jitless: true, ...english() });

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
const port = z.int().check(z.minimum(0), z.maximum(65_535));
const quantity = z.string().check(z.regex(QUANTITY, 'must be a quantity such as 10m or 16Mi'));
const file = z.string().check(z.minLength(1, 'must name a file'));

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

const authSchema = z.pipe(
  z.strictObject({
    mode: described(
      z._default(z.enum(['none', 'clientCertificate']), 'none'),
      'Who is answered: everyone (`none`), or who has a certificate of the authority and name below.',
    ),
    caFile: described(
      z.optional(file),
      'Authorities that sign certificates of callers, PEM. Picked up like the certificate.',
    ),
    names: described(
      z.optional(z.array(z.string().check(z.minLength(1, 'must be a common name')))),
      'Common names of callers, at least one: an authority may sign for others, too.',
    ),
  }),
  z.transform(({ mode, caFile, names = [] }, context): Auth => {
    if (mode === 'none') return { mode };
    if (names.length === 0) refuseKey(context, 'names', 'must list a common name (auth.mode is clientCertificate)');
    if (caFile !== undefined) return { mode, caFile, names };
    refuseKey(context, 'caFile', 'must name a file (auth.mode is clientCertificate)');
    return z.NEVER;
  }),
);

function refuseKey({ issues, value }: z.core.ParsePayload, key: string, message: string): void {
  issues.push({ code: 'custom', path: [key], message, input: value });
}

/** Who is answered on the webhook port. */
export type Auth =
  | { readonly mode: 'none' }
  | { readonly mode: 'clientCertificate'; readonly caFile: string; readonly names: readonly string[] };

/** The schema of the configuration file; every key has a default, and one sentence that all documents share. */
export const configSchema = z.strictObject({
  listen: z.prefault(
    z
      .strictObject({
        port: described(z._default(port, 8443), 'Port of the webhook (HTTPS). 0 means any free port.'),
        adminPort: described(
          z._default(port, 8081),
          'Port of `/healthz`, `/readyz`, `/metrics` and `/version` (HTTP).',
        ),
        drainSeconds: described(
          z._default(z.int().check(z.minimum(0), z.maximum(300)), 5),
          'How long to go on answering after SIGTERM, while the API server learns that this pod leaves.',
        ),
      })
      .check(
        z.refine((listen) => listen.port === 0 || listen.port !== listen.adminPort, {
          path: ['adminPort'],
          error: 'must differ from listen.port',
        }),
      ),
    {},
  ),
  tls: z.prefault(
    z.strictObject({
      certFile: described(
        z._default(file, '/tls/tls.crt'),
        'Certificate chain, PEM. A changed file is picked up without a restart.',
      ),
      keyFile: described(z._default(file, '/tls/tls.key'), 'Its private key, PEM.'),
    }),
    {},
  ),
  auth: z.prefault(authSchema, {}),
  level: described(
    z._default(z.enum(['required', 'recommended']), DEFAULTS.level),
    'The number to aim for: `required`, below which the workload refuses to start, or `recommended` by its vendor.',
  ),
  mode: described(
    z._default(z.enum(['enforce', 'observe']), DEFAULTS.mode),
    '`enforce`, or `observe`, which decides, counts and logs and never patches.',
  ),
  initContainer: z.prefault(
    z.strictObject({
      image: described(
        z._default(
          z
            .string()
            .check(
              z.refine(
                isImage,
                'must be an image reference such as registry.example/busybox:1.37.0@sha256:<64 hex digits>',
              ),
            ),
          DEFAULTS.initContainer.image,
        ),
        'Image of the injected init container: anything with `/bin/sh` and `sysctl` that pods of every namespace can pull. Pin it by digest.',
      ),
      imagePullPolicy: described(
        z._default(z.enum(['Always', 'IfNotPresent', 'Never']), DEFAULTS.initContainer.imagePullPolicy),
        'Pull policy of the injected init container.',
      ),
      resources: described(
        z._default(
          z.union(
            [
              z.literal('inherit'),
              z.strictObject({
                cpu: described(quantity, 'CPU, as request and limit.'),
                memory: described(quantity, 'Memory, as request and limit.'),
              }),
            ],
            {
              error:
                'must be inherit, or both cpu and memory as quantities, for example {cpu: 10m, memory: 16Mi} or {cpu: "1", memory: 16Mi}',
            },
          ),
          DEFAULTS.initContainer.resources,
        ),
        '`inherit` copies the requests and limits of the container that needs the value; `{cpu: 10m, memory: 16Mi}` sets both instead.',
      ),
    }),
    {},
  ),
  nodeAffinity: z.prefault(
    z.strictObject({
      label: described(
        z._default(
          z.string().check(z.refine(isLabelKey, 'must be a label key such as max-map-count.io/value')),
          DEFAULTS.nodeAffinity.label,
        ),
        'Node label whose integer value says what the node is prepared for.',
      ),
      mode: described(
        z._default(z.enum(['required', 'preferred']), DEFAULTS.nodeAffinity.mode),
        '`required` keeps pods off other nodes; `preferred` only prefers prepared ones.',
      ),
    }),
    {},
  ),
  nodes: z.prefault(
    z.strictObject({
      guaranteed: described(
        z._default(z.int().check(z.minimum(0), z.maximum(HIGHEST)), DEFAULTS.nodes.guaranteed),
        'What every node has at least, by your word: a workload that needs no more is left alone. 0 for no such promise.',
      ),
    }),
    {},
  ),
  workloads: described(
    z._default(z.array(workloadSchema).check(z.superRefine(refuseSameName)), []),
    'Catalogue rows to add. A row with the name of a built-in one replaces it.',
  ),
  disabledWorkloads: described(
    z._default(
      z.array(z.string().check(z.refine(isBuiltIn, `is no built-in workload; these are: ${names.join(', ')}`))),
      [],
    ),
    'Names of built-in catalogue rows to switch off.',
  ),
  log: z.prefault(
    z.strictObject({
      level: described(
        z._default(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), 'info'),
        'Patched pods are logged at `info`, matched pods that are left alone at `debug`.',
      ),
    }),
    {},
  ),
});

/** The configuration file's content with every default filled in. */
export type ConfigFile = z.output<typeof configSchema>;
