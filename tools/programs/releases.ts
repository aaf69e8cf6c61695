import { PLATFORM } from './platform.ts';
import { isOfKubernetes, moduleOf, type Program } from './programs.ts';
import { etcdVersion } from './versions.ts';

/** Where the publisher of a program has it for this platform, and the checksum that it puts beside it. */
export interface Release {
  readonly url: string;
  /** A file with the SHA-256 sum alone, or with one line for each file of the release. */
  readonly sums: string;
  /** The program in the .tar.gz; undefined: the file is the program. */
  readonly member?: string;
}

/** The release of a program at the version that this repository uses; undefined where nobody publishes it by itself. */
export function releaseOf(program: Program, kubernetes?: string): Release | undefined {
  const { os, arch } = PLATFORM;
  const { version } = moduleOf(program, kubernetes);
  if (isOfKubernetes(program)) {
    const url = `https://dl.k8s.io/release/${version}/bin/${os}/${arch}/${program}`;
    return { url, sums: `${url}.sha256` };
  }
  if (program === 'cert-manager' || program === 'eck') return undefined;
  if (program === 'helm') {
    const url = `https://get.helm.sh/helm-${version}-${os}-${arch}.tar.gz`;
    return { url, sums: `${url}.sha256sum`, member: `${os}-${arch}/helm` };
  }
  return program === 'promtool' ? prometheus(version) : etcd();
}

/** Prometheus 3.16.0 is v0.316.0 as a Go module: https://github.com/prometheus/prometheus#prometheus-code-base */
function prometheus(moduleVersion: string): Release {
  const [, digits = '', patch = ''] = moduleVersion.split('.');
  const version = `${digits.slice(0, -2)}.${Number(digits.slice(-2))}.${patch}`;
  const base = `https://github.com/prometheus/prometheus/releases/download/v${version}`;
  const name = `prometheus-${version}.${PLATFORM.os}-${PLATFORM.arch}`;
  return { url: `${base}/${name}.tar.gz`, sums: `${base}/sha256sums.txt`, member: `${name}/promtool` };
}

function etcd(): Release {
  const version = etcdVersion();
  const base = `https://github.com/etcd-io/etcd/releases/download/${version}`;
  const name = `etcd-${version}-${PLATFORM.os}-${PLATFORM.arch}`;
  return { url: `${base}/${name}.tar.gz`, sums: `${base}/SHA256SUMS`, member: `${name}/etcd` };
}
