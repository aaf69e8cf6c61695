import { accessSync, constants } from 'node:fs';
import { isObject } from '../core/json.ts';
import { plain } from '../input/plain.ts';
import { type Kubeconfig, type Stanza, text } from './kubeconfig.ts';
import type { ClusterOptions } from './options.ts';

/** The cluster and the user that a command means. */
export interface Target {
  /** The name of the context; empty where flags alone name the cluster. */
  readonly context: string;
  /** The namespace of the context, or `default`. */
  readonly namespace: string;
  readonly cluster: Stanza;
  readonly user: Stanza;
  readonly userName: string;
}

/** What kubeconfig files and flags mean together, as in kubectl (clientcmd's DirectClientConfig); throws one plain line. */
export function targetOf(config: Kubeconfig, options: ClusterOptions): Target {
  const name = options.context ?? config.currentContext;
  const context = named(config.contexts, name, 'context', name !== '');
  const clusterName = options.cluster ?? text(context, 'cluster', `context ${name}`);
  const userName = options.user ?? text(context, 'user', `context ${name}`);
  const cluster = withClusterFlags(named(config.clusters, clusterName, 'cluster', clusterName !== ''), options);
  const user = withUserFlags(named(config.users, userName, 'user', options.user !== undefined), options);
  checkCluster(cluster, clusterName);
  checkUser(user, userName);
  return {
    context: name,
    namespace: text(context, 'namespace', `context ${name}`) || 'default',
    cluster,
    user,
    userName,
  };
}

function named(known: ReadonlyMap<string, Stanza>, name: string, kind: string, isRequired: boolean): Stanza {
  const stanza = known.get(name);
  if (stanza === undefined && isRequired) {
    throw new Error(`the kubeconfig has no ${kind} "${name}"; it has: ${[...known.keys()].join(', ') || 'none'}`);
  }
  return stanza ?? {};
}

function withClusterFlags(cluster: Stanza, { insecureSkipTlsVerify }: ClusterOptions): Stanza {
  if (!insecureSkipTlsVerify) return cluster;
  const { 'certificate-authority': _, 'certificate-authority-data': __, ...rest } = cluster;
  return { ...rest, 'insecure-skip-tls-verify': true };
}

function withUserFlags(user: Stanza, { token, as, asGroup, asUid }: ClusterOptions): Stanza {
  return {
    ...user,
    ...(token !== undefined && { token }),
    ...(as !== undefined && { as }),
    ...(asGroup !== undefined && { 'as-groups': asGroup }),
    ...(asUid !== undefined && { 'as-uid': asUid }),
  };
}

function checkCluster(cluster: Stanza, name: string): void {
  const place = `cluster ${name}`;
  const has = (key: string) => text(cluster, key, place) !== '';
  if (!has('server')) throw new Error(name === '' ? 'no kubeconfig names a cluster' : `${place}: has no server`);
  if (has('certificate-authority') && has('certificate-authority-data')) {
    throw new Error(`${place}: has both certificate-authority and certificate-authority-data`);
  }
  const hasCa = has('certificate-authority') || has('certificate-authority-data');
  if (hasCa && cluster['insecure-skip-tls-verify'] === true) {
    throw new Error(`${place}: has a certificate authority, and insecure-skip-tls-verify beside it`);
  }
  checkReadable(cluster, ['certificate-authority'], place);
  const proxy = text(cluster, 'proxy-url', place);
  if (proxy && !/^(?:https?|socks5):\/\/./.test(proxy)) {
    throw new Error(`${place}: proxy-url ${proxy} does not start with http://, https:// or socks5://`);
  }
}

function checkUser(user: Stanza, name: string): void {
  const place = `user ${name}`;
  const has = (key: string) => text(user, key, place) !== '';
  if (has('token') && (has('username') || has('password')))
    throw new Error(`${place}: has both a token and a password`);
  for (const key of ['client-certificate', 'client-key']) {
    if (has(key) && has(`${key}-data`)) throw new Error(`${place}: has both ${key} and ${key}-data`);
  }
  const hasKey = has('client-key') || has('client-key-data');
  if ((has('client-certificate') || has('client-certificate-data')) && !hasKey) {
    throw new Error(`${place}: has a client certificate without its key`);
  }
  checkReadable(user, ['client-certificate', 'client-key', 'tokenFile'], place);
  const impersonatesMore = has('as-uid') || isFilled(user['as-groups']) || isFilled(user['as-user-extra']);
  if (impersonatesMore && !has('as'))
    throw new Error(`${place}: a group or uid to act as needs a user to act as (--as)`);
}

function checkReadable(stanza: Stanza, keys: readonly string[], place: string): void {
  for (const key of keys) {
    const file = text(stanza, key, place);
    try {
      if (file) accessSync(file, constants.R_OK);
    } catch (error) {
      throw new Error(`${place}: ${key} ${file}: ${plain(error)}`);
    }
  }
}

function isFilled(value: unknown): boolean {
  return (Array.isArray(value) && value.length > 0) || (isObject(value) && Object.keys(value).length > 0);
}
