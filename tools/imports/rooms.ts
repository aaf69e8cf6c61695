/** A part of the repository and what its files may import; a file belongs to the row with the longest path that fits. */
export interface Room {
  /** Folders and files, from the top of the repository. */
  readonly paths: readonly string[];
  /** What the room is for, for docs/architecture.md. */
  readonly holds: string;
  /** Rooms below, by their first path. Files of one room may import each other, as long as no circle comes of it. */
  readonly imports: readonly string[];
  /** Packages, and `node:` for Node's own modules; `any` for what never ships. */
  readonly packages: readonly string[];
}

const COMMAND = ['src/core', 'src/input', 'src/config', 'src/cli', 'src/cli/yaml', 'src/cli/manifests'];
const CONTROL_PLANE = ['tools/process', 'tools/programs', 'tools/control-plane'];

/** Every room, lowest first: a room imports only from rooms above it in this table. */
export const ROOMS: readonly Room[] = [
  { paths: ['src/core'], holds: 'the decision and the patch, pure', imports: [], packages: ['zod'] },
  {
    paths: ['src/input'],
    holds: 'reads files within limits; says what is wrong in one plain line',
    imports: [],
    packages: ['node:', 'yaml'],
  },
  {
    paths: ['src/config'],
    holds: 'the configuration file and its schema',
    imports: ['src/core', 'src/input'],
    packages: ['yaml', 'zod'],
  },
  {
    paths: ['src/kube.ts', 'src/kube'],
    holds:
      'a small client of the Kubernetes API that reads kubeconfigs as kubectl does; nothing else loads the big one',
    imports: ['src/core', 'src/input'],
    packages: ['node:', 'yaml', '@kubernetes/client-node'],
  },
  {
    paths: ['src/policy'],
    holds: 'says what a policy does with a pod, by the expressions that the API server gets',
    imports: ['src/core'],
    packages: ['@marcbachmann/cel-js'],
  },
  {
    paths: ['src/server'],
    holds: 'HTTPS, certificate, metrics, log, drain; no client, so it can call nobody',
    imports: ['src/core', 'src/input', 'src/config'],
    packages: ['node:', 'express', 'pino', 'prom-client'],
  },
  {
    paths: ['src/x509'],
    holds: 'makes certificate authorities and certificates',
    imports: [],
    packages: ['node:', '@peculiar/x509', 'reflect-metadata'],
  },
  {
    paths: ['src/rotate'],
    holds: 'renews the certificate where there is no cert-manager; the only part with rights on a Secret',
    imports: ['src/core', 'src/input', 'src/kube.ts', 'src/x509'],
    packages: ['node:'],
  },
  {
    paths: ['src/node-agent'],
    holds: 'reads the value of its node and labels the node with it',
    imports: ['src/core', 'src/input', 'src/kube.ts'],
    packages: ['node:'],
  },
  {
    paths: ['src/cli'],
    holds: 'what all commands share: flags, output, failures, the cluster; and the commands of one file',
    imports: ['src/core', 'src/input', 'src/config', 'src/kube.ts'],
    packages: ['node:', 'commander', 'yaml'],
  },
  {
    paths: ['src/cli/yaml'],
    holds: 'parses YAML as kubectl does and edits it without losing comments',
    imports: ['src/core', 'src/input'],
    packages: ['node:', 'yaml'],
  },
  {
    paths: ['src/cli/manifests'],
    holds: 'finds the pods in files, decides on them',
    imports: ['src/core', 'src/input', 'src/policy', 'src/cli', 'src/cli/yaml'],
    packages: ['node:'],
  },
  {
    paths: ['src/cli/share'],
    holds: 'what a link to the playground holds, for the plugin and the page',
    imports: COMMAND,
    packages: ['yaml'],
  },
  { paths: ['src/cli/preview'], holds: '`preview`', imports: [...COMMAND, 'src/policy'], packages: ['diff', 'yaml'] },
  {
    paths: ['src/cli/explain'],
    holds: '`explain`',
    imports: [...COMMAND, 'src/cli/share', 'src/kube.ts'],
    packages: ['yaml'],
  },
  {
    paths: ['src/cli/nodes'],
    holds: '`nodes`',
    imports: [...COMMAND, 'src/kube.ts', 'src/node-agent'],
    packages: [],
  },
  { paths: ['src/cli/advise'], holds: '`advise`', imports: [...COMMAND, 'src/kube.ts'], packages: [] },
  {
    paths: ['src/cli/doctor'],
    holds: '`doctor`',
    imports: [...COMMAND, 'src/kube.ts'],
    packages: ['node:', 'nanotar'],
  },
  {
    paths: ['src/cli/fix'],
    holds: '`fix`, which acts on what `doctor` finds',
    imports: [...COMMAND, 'src/kube.ts', 'src/cli/doctor'],
    packages: ['node:'],
  },
  {
    paths: ['src/cli/main.ts', 'src/cli/run.ts', 'src/cli/program.ts'],
    holds: 'the command line: which command has which flags',
    imports: [
      ...['src/core', 'src/input', 'src/cli'],
      ...['src/cli/preview', 'src/cli/explain', 'src/cli/advise', 'src/cli/nodes', 'src/cli/doctor', 'src/cli/fix'],
    ],
    packages: ['commander'],
  },
  {
    paths: ['tools/process'],
    holds: 'starts programs and is sure that they end; ports, progress',
    imports: ['src/input'],
    packages: ['any'],
  },
  {
    paths: ['tools/programs'],
    holds: 'finds, downloads or builds etcd, kube-apiserver, kubectl, helm, ...',
    imports: ['src/input', 'tools/process'],
    packages: ['any'],
  },
  {
    paths: ['tools/control-plane'],
    holds: 'a real control plane on this machine',
    imports: ['src/input', 'src/x509', 'tools/process', 'tools/programs'],
    packages: ['any'],
  },
  {
    paths: ['tools/proof'],
    holds: 'commands that are run, and shown with what they printed',
    imports: ['tools/process'],
    packages: ['any'],
  },
  {
    paths: ['tools/compatibility'],
    holds: 'what ran beside which parts and versions, and when',
    imports: [],
    packages: ['any'],
  },
  {
    paths: ['tools/webhook'],
    holds: 'our built server and its registration, as the chart has it',
    imports: ['src/input', ...CONTROL_PLANE],
    packages: ['any'],
  },
  {
    paths: ['tools/stand-in'],
    holds: "plays the API server's part for pods that are created, where no control plane is",
    imports: ['src/core', 'src/input', 'tools/webhook'],
    packages: ['any'],
  },
  {
    paths: ['tools/demo'],
    holds: '`npm run demo`',
    imports: ['src/input', ...CONTROL_PLANE, 'tools/webhook', 'tools/stand-in'],
    packages: ['any'],
  },
  {
    paths: ['tools/imports', 'tools/build.ts'],
    holds: 'this table and its check; the bundles',
    imports: [],
    packages: ['any'],
  },
  {
    paths: ['tools/workflows'],
    holds: '`npm run check:workflows`',
    imports: ['src/input', 'tools/process', 'tools/programs'],
    packages: ['any'],
  },
  {
    paths: ['tools/generate'],
    holds: '`npm run generate`: what documents and chart take from the code',
    imports: [
      ...['src/core', 'src/input', 'src/config', 'src/server', 'src/cli', 'src/cli/explain', 'src/cli/advise'],
      ...['tools/process', 'tools/programs', 'tools/imports', 'tools/proof', 'tools/compatibility'],
    ],
    packages: ['any'],
  },
  {
    paths: ['tools/release'],
    holds: '`npm run release`: all that a release consists of, in one folder',
    imports: ['src/core', 'src/input', 'tools/process', 'tools/programs', 'tools/imports', 'tools/generate'],
    packages: ['any'],
  },
  {
    paths: ['tools/peers'],
    holds: '`npm run peers`: real third-party parts and other versions of Kubernetes',
    imports: ['src/input', ...CONTROL_PLANE, 'tools/compatibility', 'tools/generate'],
    packages: ['any'],
  },
  {
    paths: ['playground'],
    holds: 'the page in which the production code decides on manifests: a worker for it, and the page around',
    imports: [
      'src/core',
      'src/config',
      'src/policy',
      'src/cli',
      'src/cli/yaml',
      'src/cli/manifests',
      'src/cli/share',
      'src/cli/preview',
      'src/cli/explain',
    ],
    packages: ['@codemirror', '@lezer', 'yaml'],
  },
  {
    paths: ['tools/playground'],
    holds: '`npm run playground`: the page as one file',
    imports: ['src/core', 'src/cli'],
    packages: ['any'],
  },
  { paths: ['bench'], holds: '`npm run bench`', imports: ['src/core', 'tools'], packages: ['any'] },
  {
    paths: ['test/support'],
    holds: 'what tests share',
    imports: ['src', 'tools'],
    packages: ['any'],
  },
  {
    paths: ['e2e'],
    holds: '`npm run e2e`: the real node',
    imports: ['src/config', 'src/input', 'tools', 'test/support'],
    packages: ['any'],
  },
  {
    paths: ['test'],
    holds: 'the tests',
    imports: ['src', 'playground', 'tools', 'test/support', 'e2e'],
    packages: ['any'],
  },
];
