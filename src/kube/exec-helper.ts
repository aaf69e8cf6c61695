import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isObject } from '../core/json.ts';
import { codeOf, plain } from '../input/plain.ts';
import { type Stanza, text } from './kubeconfig.ts';
import type { Target } from './target.ts';

/** What a credential helper answered. */
export interface Credential {
  readonly token?: string;
  /** PEM. */
  readonly certificate?: string;
  readonly key?: string;
  /** Milliseconds since 1970; without it the credential holds until the server refuses it. */
  readonly expires?: number;
}

/**
 * Runs the helper that a user's `exec` names, such as `aws eks get-token`, as kubectl runs it (client-go's exec plugin):
 * its questions go to the terminal, what it needs to know about the cluster stands in KUBERNETES_EXEC_INFO. Throws lines
 * that say what failed, with the install hint of the kubeconfig where the program is missing.
 */
export async function runHelper({ user, userName, cluster }: Target): Promise<Credential> {
  const exec = isObject(user.exec) ? user.exec : {};
  const place = `exec of user ${userName}`;
  const [command, apiVersion] = [text(exec, 'command', place), text(exec, 'apiVersion', place)];
  if (!command) throw new Error(`${place}: has no command`);
  if (!/^client\.authentication\.k8s\.io\/v1(?:beta1)?$/.test(apiVersion)) {
    throw new Error(`${place}: apiVersion "${apiVersion}" is none that kubectl knows`);
  }
  const interactive = isInteractive(text(exec, 'interactiveMode', place), apiVersion, place);
  const info = {
    kind: 'ExecCredential',
    apiVersion,
    spec: { ...(exec.provideClusterInfo === true && { cluster: clusterInfo(cluster) }), interactive },
  };
  const env = { ...process.env, ...variablesOf(exec), KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  const args = Array.isArray(exec.args) ? exec.args.map(String) : [];
  const output = await outputOf(command, args, { env, interactive }).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw new Error(`${place}: ${plain(error)}`);
    const hint = text(exec, 'installHint', place).replace(/[^\P{C}\n\t]/gu, '');
    throw new Error([`${place}: the program ${command} is not found`, ...(hint ? [hint.trim()] : [])].join('\n'));
  });
  return credentialIn(output, apiVersion, `${place}: ${command}`);
}

function isInteractive(mode: string, apiVersion: string, place: string): boolean {
  if (!['Never', 'IfAvailable', 'Always', ...(apiVersion.endsWith('/v1') ? [] : [''])].includes(mode)) {
    throw new Error(`${place}: interactiveMode must be Never, IfAvailable or Always`);
  }
  if (mode === 'Never') return false;
  if (mode === 'Always' && !process.stdin.isTTY)
    throw new Error(`${place}: wants to ask, but standard input is no terminal`);
  return process.stdin.isTTY === true;
}

function variablesOf(exec: Stanza): Record<string, string> {
  const list = Array.isArray(exec.env) ? exec.env.filter(isObject) : [];
  return Object.fromEntries(list.map(({ name, value }) => [String(name), String(value ?? '')]));
}

// The extension by which a kubeconfig hands its helper what it likes (KEP-541).
const EXTENSION = 'client.authentication.k8s.io/exec';

function clusterInfo(cluster: Stanza): unknown {
  const file = text(cluster, 'certificate-authority', 'cluster');
  const extensions = Array.isArray(cluster.extensions) ? cluster.extensions.filter(isObject) : [];
  return {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    'certificate-authority-data': file ? readFileSync(file).toString('base64') : cluster['certificate-authority-data'],
    'proxy-url': cluster['proxy-url'],
    config: extensions.find(({ name }) => name === EXTENSION)?.extension ?? null,
  };
}

function outputOf(
  command: string,
  args: readonly string[],
  { env, interactive }: { env: NodeJS.ProcessEnv; interactive: boolean },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'));
      else reject(new Error(`${command} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

function credentialIn(output: string, apiVersion: string, place: string): Credential {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    throw new Error(`${place} printed no JSON`);
  }
  if (!isObject(answer) || answer.apiVersion !== apiVersion) throw new Error(`${place} printed no ${apiVersion}`);
  const status = isObject(answer.status) ? answer.status : {};
  const [token, certificate, key] = ['token', 'clientCertificateData', 'clientKeyData'].map((name) => {
    return text(status, name, place);
  });
  if (!certificate !== !key) throw new Error(`${place} printed a certificate or a key, but not both`);
  if (!token && !certificate) throw new Error(`${place} printed neither a token nor a certificate`);
  const expires = Date.parse(text(status, 'expirationTimestamp', place));
  return {
    ...(token && { token }),
    ...(certificate && key && { certificate, key }),
    ...(!Number.isNaN(expires) && { expires }),
  };
}
