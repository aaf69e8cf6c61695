import { join } from 'node:path';

/** The first address of the Services' range: that of the Service `kubernetes`, which pods reach the API server by. */
export const SERVICE_ADDRESS = '10.96.0.1';

/** The range of the Services' addresses. */
export const SERVICE_RANGE = '10.96.0.0/16';

/** What the command lines of the components have in common. */
export interface Layout {
  readonly directory: string;
  readonly etcdPort: number;
  readonly etcdPeerPort: number;
  readonly apiServerPort: number;
}

/** The files in the run's directory. */
export function filesIn(directory: string) {
  return {
    authority: join(directory, 'ca.crt'),
    apiServerCertificate: join(directory, 'apiserver.crt'),
    apiServerKey: join(directory, 'apiserver.key'),
    serviceAccountKey: join(directory, 'service-account.key'),
    tokens: join(directory, 'tokens.csv'),
    auditPolicy: join(directory, 'audit-policy.yaml'),
    auditLog: join(directory, 'audit.log'),
    kubeconfig: join(directory, 'kubeconfig'),
    kubectlCache: join(directory, 'kubectl-cache'),
  };
}

/** etcd, without the wait for the disk that only lasting data needs. */
export function etcdArguments({ directory, etcdPort, etcdPeerPort }: Layout): string[] {
  const client = `http://127.0.0.1:${etcdPort}`;
  const peer = `http://127.0.0.1:${etcdPeerPort}`;
  return [
    `--data-dir=${join(directory, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

/** kube-apiserver with the authentication, authorization and admission of an ordinary cluster. */
export function apiServerArguments({ directory, etcdPort, apiServerPort }: Layout): string[] {
  const files = filesIn(directory);
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${apiServerPort}`,
    `--cert-dir=${join(directory, 'certificates')}`,
    `--tls-cert-file=${files.apiServerCertificate}`,
    `--tls-private-key-file=${files.apiServerKey}`,
    `--service-cluster-ip-range=${SERVICE_RANGE}`,
    // A loopback address cannot be an endpoint of the kubernetes Service, and nothing here looks for one.
    '--endpoint-reconciler-type=none',
    `--service-account-key-file=${files.serviceAccountKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--token-auth-file=${files.tokens}`,
    '--authorization-mode=Node,RBAC',
    '--allow-privileged=true',
    `--audit-policy-file=${files.auditPolicy}`,
    `--audit-log-path=${files.auditLog}`,
  ];
}

/** kube-controller-manager, which serves nothing and so needs no port. */
export function controllerManagerArguments({ directory }: Layout): string[] {
  const files = filesIn(directory);
  return [
    `--kubeconfig=${files.kubeconfig}`,
    `--service-account-private-key-file=${files.serviceAccountKey}`,
    `--root-ca-file=${files.authority}`,
    '--leader-elect=false',
    '--secure-port=0',
  ];
}

/** kube-scheduler, which serves nothing and so needs no port. */
export function schedulerArguments({ directory }: Layout): string[] {
  return [`--kubeconfig=${filesIn(directory).kubeconfig}`, '--leader-elect=false', '--secure-port=0'];
}
