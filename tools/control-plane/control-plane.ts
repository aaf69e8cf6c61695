import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { eventually } from '../process/eventually.ts';
import { freePorts, retryLostPorts } from '../process/ports.ts';
import { type Supervised, type Supervisor, type SupervisorOptions, startSupervisor } from '../process/supervisor.ts';
import { whileRunning } from '../process/while-running.ts';
import type { Binaries } from '../programs/binaries.ts';
import { getFrom } from './api.ts';
import { createAuthority } from './certificate.ts';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  filesIn,
  type Layout,
  SERVICE_ADDRESS,
  schedulerArguments,
} from './components.ts';
import { type Access, kubeconfig } from './kubeconfig.ts';
import { type Kubectl, kubectlFor } from './kubectl.ts';

/** What to start. */
export interface ControlPlaneOptions extends SupervisorOptions {
  readonly binaries: Binaries<'etcd' | 'kube-apiserver' | 'kubectl'> & Partial<Binaries>;
  /** Makes ServiceAccounts (without one no pod is accepted), and pods for Deployments and the like. Default: true. */
  readonly controllerManager?: boolean;
  /** Binds pods to nodes. Default: false. */
  readonly scheduler?: boolean;
  /** Added at the end of the API server's command line, where they win. */
  readonly apiServerFlags?: readonly string[];
  /** Default: one that is free. */
  readonly apiServerPort?: number;
  /** Who may log in beside the administrator. */
  readonly users?: readonly User[];
}

/** Someone who the API server knows by a token. */
export interface User {
  readonly name: string;
  readonly group: string;
  readonly token: string;
}

/** A running control plane on loopback. */
export interface ControlPlane {
  readonly url: string;
  /** The PEM of the authority that signed the API server's certificate. */
  readonly authority: string;
  /** The API server's own answer, such as v1.37.2. */
  readonly version: string;
  readonly kubeconfig: string;
  /** One JSON object per line; every request that writes is there with its audit annotations. */
  readonly auditLog: string;
  /** Temporary; also the place for files that should go with the control plane. */
  readonly directory: string;
  readonly kubectl: Kubectl;
  /** Starts further programs that must not outlive the control plane. */
  readonly supervisor: Supervisor;
  /** Ends every process and removes the directory. */
  stop(): Promise<void>;
}

const READY_SECONDS = 180;

/** Starts a control plane and waits until pods can be created. */
export function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  return retryLostPorts(async () => {
    const supervisor = await startSupervisor(options);
    return startIn(supervisor, options).catch(async (error: unknown) => {
      await supervisor.stop();
      throw error;
    });
  });
}

async function startIn(supervisor: Supervisor, options: ControlPlaneOptions): Promise<ControlPlane> {
  const { binaries, controllerManager = true, scheduler = false, apiServerFlags = [] } = options;
  const { directory } = supervisor;
  const [etcdPort = 0, etcdPeerPort = 0, freePort = 0] = await freePorts(3);
  const layout = { directory, etcdPort, etcdPeerPort, apiServerPort: options.apiServerPort ?? freePort };
  const access = await writeFiles(layout, options.users ?? []);
  const running: Supervised[] = [];
  const start = async (name: keyof Binaries, args: string[]) => {
    const path = binaries[name];
    if (path === undefined) throw new Error(`${name} is to be started, but is not among the binaries`);
    running.push(await supervisor.start(name, path, args));
  };

  await start('etcd', etcdArguments(layout));
  await start('kube-apiserver', [...apiServerArguments(layout), ...apiServerFlags]);
  await whileRunning(running, (signal) => ready(access, '/readyz', signal));
  if (controllerManager) await start('kube-controller-manager', controllerManagerArguments(layout));
  if (scheduler) await start('kube-scheduler', schedulerArguments(layout));
  if (controllerManager) await whileRunning(running, (signal) => ready(access, DEFAULT_SERVICE_ACCOUNT, signal));

  const files = filesIn(directory);
  const version = JSON.parse(await getFrom(access, '/version')) as { gitVersion: string };
  return {
    url: access.url,
    authority: access.authority,
    version: version.gitVersion,
    kubeconfig: files.kubeconfig,
    auditLog: files.auditLog,
    directory,
    kubectl: kubectlFor(binaries.kubectl, files.kubeconfig, files.kubectlCache),
    supervisor,
    stop: supervisor.stop,
  };
}

const DEFAULT_SERVICE_ACCOUNT = '/api/v1/namespaces/default/serviceaccounts/default';

async function ready(access: Access, path: string, signal: AbortSignal): Promise<void> {
  await eventually(`waiting for the API server's ${path}`, () => getFrom(access, path), {
    seconds: READY_SECONDS,
    signal,
  });
}

/** Writes all that the components read, and says how to reach the API server. */
async function writeFiles({ directory, apiServerPort }: Layout, users: readonly User[]): Promise<Access> {
  const files = filesIn(directory);
  const authority = await createAuthority('max-map-count-webhook control plane');
  const serving = await authority.issue({ names: ['kubernetes.default.svc'], addresses: [SERVICE_ADDRESS] });
  const serviceAccounts = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const token = randomBytes(16).toString('hex');
  const administrator = { name: 'admin', group: 'system:masters', token };
  const access = { url: `https://127.0.0.1:${apiServerPort}`, authority: authority.certificate, token };
  const contents: [string, string][] = [
    [files.authority, authority.certificate],
    [files.apiServerCertificate, serving.certificate],
    [files.apiServerKey, serving.key],
    [files.serviceAccountKey, serviceAccounts.export({ type: 'sec1', format: 'pem' }).toString()],
    [files.tokens, [administrator, ...users].map(tokenLine).join('')],
    [files.auditPolicy, stringify(AUDIT_POLICY)],
    [files.kubeconfig, kubeconfig(access)],
  ];
  await Promise.all(contents.map(([path, content]) => writeFile(path, content, { mode: 0o600 })));
  return access;
}

/** A line of the API server's --token-auth-file: token, name, uid, groups. */
function tokenLine({ name, group, token }: User): string {
  return `${token},${name},${name},${group}\n`;
}

const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete'] }, { level: 'None' }],
};
