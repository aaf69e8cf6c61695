// The real kubectl and the plugin read the same files with the same flags and environment: both must reach the same server
// as the same user, or none.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Result, run } from '../../tools/process/run.ts';
import { type Endpoints, listening, type SeenCall, startEndpoints, stopped } from '../support/api-endpoints.ts';
import { temporaryDirectory } from '../support/certificates.ts';
import { SCRIPT } from '../support/cli-plugin.ts';
import { cluster } from '../support/cluster.ts';

const { available, binaries } = cluster();
const directory = temporaryDirectory();
afterAll(directory.remove);

interface Files {
  readonly [name: string]: string | object;
}

/** What a case is about, and where both must arrive. */
interface Case {
  /** What stands in $KUBECONFIG; ~/.kube/config is read without it. */
  readonly named?: readonly string[];
  readonly files: (endpoints: Endpoints) => Files;
  readonly flags?: readonly string[];
  readonly env?: (endpoints: Endpoints) => NodeJS.ProcessEnv;
  /** Null when no server is reached. */
  readonly reached: Partial<SeenCall> | null;
  /** What the plugin says where nothing is reached. */
  readonly says?: RegExp;
}

describe.skipIf(!available)('which server is reached, as whom', () => {
  let endpoints: Endpoints;
  beforeAll(async () => {
    endpoints = await startEndpoints(['dev', 'prod', 'test']);
  });
  afterAll(() => endpoints.stop());

  const ca = () => Buffer.from(endpoints.authority.certificate).toString('base64');
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  /** A kubeconfig for one cluster whose context, cluster and user have its name. */
  function configFor(name: string, change: { cluster?: object; user?: object; context?: object } = {}) {
    return {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name,
          cluster: { server: endpoints.urlOf(name), 'certificate-authority-data': ca(), ...change.cluster },
        },
      ],
      users: [{ name, user: { token: `token-${name}`, ...change.user } }],
      contexts: [{ name, context: { cluster: name, user: name, ...change.context } }],
      'current-context': name,
    };
  }

  const HELPER = `#!/bin/sh
printf '%s' "$KUBERNETES_EXEC_INFO" > "$SEEN"
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'"$1"'"}}'
`;
  const helped = (exec: object, cluster = {}) => {
    const { users, ...config } = configFor('dev', { cluster });
    const api = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'IfAvailable' };
    return { ...config, users: [{ name: 'dev', user: { exec: { ...api, ...exec } } }] };
  };

  const cases: Record<string, Case> = {
    'two files: the first current context': {
      named: ['first', 'second'],
      files: () => ({ first: configFor('dev'), second: configFor('prod') }),
      reached: { endpoint: 'dev', ...bearer('token-dev') },
    },
    'three files: the first that has a current context': {
      named: ['a', 'b', 'c'],
      files: () => ({ a: { ...configFor('dev'), 'current-context': '' }, b: configFor('prod'), c: configFor('test') }),
      reached: { endpoint: 'prod' },
    },
    'the cluster and the user of a context from another file': {
      named: ['a', 'b'],
      files: () => {
        const { clusters, users, ...rest } = configFor('dev');
        return { a: rest, b: { clusters, users, 'current-context': 'nowhere' } };
      },
      reached: { endpoint: 'dev', ...bearer('token-dev') },
    },
    'a cluster, user and context of the same name: the first, whole': {
      named: ['a', 'b'],
      files: () => {
        const other = configFor('dev', { cluster: { server: endpoints.urlOf('prod') }, user: { token: 'second' } });
        return { a: configFor('dev'), b: other };
      },
      reached: { endpoint: 'dev', ...bearer('token-dev') },
    },
    'a name twice in one file': {
      named: ['a'],
      files: () => {
        const { clusters, ...rest } = configFor('dev');
        return { a: { ...rest, clusters: [...clusters, ...configFor('dev').clusters] } };
      },
      reached: null,
      says: /^error: kubeconfig \S+a: clusters has the name "dev" twice\n$/,
    },
    'missing and empty files are passed over': {
      named: ['none', 'empty', 'blank', 'here', 'none'],
      files: () => ({ empty: '', blank: '\n# nothing\n', here: configFor('test') }),
      reached: { endpoint: 'test' },
    },
    'nothing but missing files': {
      named: ['none', 'neither'],
      files: () => ({}),
      reached: null,
      says: /^error: no kubeconfig: set KUBECONFIG or --kubeconfig \(not found: \S+none, \S+neither\)\n$/,
    },
    'a broken file beside a good one': {
      named: ['good', 'broken'],
      files: () => ({ good: configFor('dev'), broken: 'clusters: [' }),
      reached: null,
      says: /^error: kubeconfig \S+broken: /,
    },
    'a wrong type': {
      named: ['a'],
      files: () => ({ a: { ...configFor('dev'), 'current-context': 7 } }),
      reached: null,
      says: /a: current-context is not a text\n$/,
    },
    'no current context': {
      named: ['a'],
      files: () => ({ a: { ...configFor('dev'), 'current-context': '' } }),
      reached: null,
      says: /^error: the kubeconfig has no current context/,
    },
    'a current context that is not there': {
      named: ['a'],
      files: () => ({ a: { ...configFor('dev'), 'current-context': 'gone' } }),
      reached: null,
      says: /no context "gone"; it has: dev/,
    },
    'the file of the home directory': {
      files: () => ({ 'home/.kube/config': configFor('prod') }),
      reached: { endpoint: 'prod' },
    },
    '--kubeconfig instead of $KUBECONFIG': {
      named: ['a'],
      files: () => ({ a: configFor('dev'), other: configFor('prod') }),
      flags: ['--kubeconfig', join(directory.path, 'other')],
      reached: { endpoint: 'prod' },
    },
    '--kubeconfig that is not there': {
      named: ['a'],
      files: () => ({ a: configFor('dev') }),
      flags: ['--kubeconfig', join(directory.path, 'gone')],
      reached: null,
      says: /^error: kubeconfig \S+gone: there is no such file or directory\n$/,
    },
    '--context': {
      named: ['a', 'b'],
      files: () => ({ a: configFor('dev'), b: configFor('prod') }),
      flags: ['--context', 'prod'],
      reached: { endpoint: 'prod', ...bearer('token-prod') },
    },
    '--cluster and --user beside the context': {
      named: ['a', 'b', 'c'],
      files: () => ({ a: configFor('dev'), b: configFor('prod'), c: configFor('test') }),
      flags: ['--cluster', 'prod', '--user', 'test'],
      reached: { endpoint: 'prod', ...bearer('token-test') },
    },
    '--cluster without any context': {
      named: ['a'],
      files: () => ({ a: { ...configFor('dev'), 'current-context': '' } }),
      flags: ['--cluster', 'dev', '--user', 'dev'],
      reached: { endpoint: 'dev', ...bearer('token-dev') },
    },
    '--user that is not there': {
      named: ['a'],
      files: () => ({ a: configFor('dev') }),
      flags: ['--user', 'gone'],
      reached: null,
      says: /no user "gone"; it has: dev/,
    },
    '--token': {
      named: ['a'],
      files: () => ({ a: configFor('dev') }),
      flags: ['--token', 'mine'],
      reached: { endpoint: 'dev', ...bearer('mine') },
    },
    'a token file, beside the kubeconfig': {
      named: ['nested/a'],
      files: () => ({
        'nested/a': configFor('dev', { user: { token: undefined, tokenFile: 'secret' } }),
        'nested/secret': 'from-file',
      }),
      reached: { endpoint: 'dev', ...bearer('from-file') },
    },
    'a certificate authority, beside the kubeconfig': {
      named: ['nested/a'],
      files: () => ({
        'nested/a': configFor('dev', {
          cluster: { 'certificate-authority-data': undefined, 'certificate-authority': 'pki/ca.crt' },
        }),
        'nested/pki/ca.crt': endpoints.authority.certificate,
      }),
      reached: { endpoint: 'dev' },
    },
    'a certificate authority that is not there': {
      named: ['a'],
      files: () => ({
        a: configFor('dev', {
          cluster: { 'certificate-authority-data': undefined, 'certificate-authority': 'gone.crt' },
        }),
      }),
      reached: null,
      says: /cluster dev: certificate-authority \S+gone\.crt: there is no such file or directory\n$/,
    },
    'an authority that nobody knows': {
      named: ['a'],
      files: () => ({ a: configFor('dev', { cluster: { 'certificate-authority-data': undefined } }) }),
      reached: null,
      says: /cannot reach https:\/\/127\.0\.0\.1:\d+: /,
    },
    '--insecure-skip-tls-verify': {
      named: ['a'],
      files: () => ({
        a: configFor('dev', { cluster: { server: endpoints.urlOf('dev'), 'tls-server-name': 'other' } }),
      }),
      flags: ['--insecure-skip-tls-verify'],
      reached: { endpoint: 'dev' },
    },
    'tls-server-name': {
      named: ['a'],
      files: () => ({ a: configFor('dev', { cluster: { 'tls-server-name': 'dev.test' } }) }),
      reached: { endpoint: 'dev' },
    },
    'a name and a password': {
      named: ['a'],
      files: () => ({ a: configFor('dev', { user: { token: undefined, username: 'me', password: 'p' } }) }),
      reached: { endpoint: 'dev', authorization: `Basic ${Buffer.from('me:p').toString('base64')}` },
    },
    '--as, --as-group, --as-uid': {
      named: ['a'],
      files: () => ({ a: configFor('dev') }),
      flags: ['--as', 'jane', '--as-group', 'dev', '--as-group', 'ops', '--as-uid', '7'],
      reached: {
        impersonates: { 'impersonate-user': 'jane', 'impersonate-group': 'dev, ops', 'impersonate-uid': '7' },
        ...bearer('token-dev'),
      },
    },
    'a user who acts as another': {
      named: ['a'],
      files: () => ({
        a: configFor('dev', {
          user: { as: 'jane', 'as-groups': ['ops'], 'as-user-extra': { 'example.com/why': ['x'] } },
        }),
      }),
      reached: {
        impersonates: {
          'impersonate-user': 'jane',
          'impersonate-group': 'ops',
          'impersonate-extra-example.com%2fwhy': 'x',
        },
      },
    },
    '--as-group alone': {
      named: ['a'],
      files: () => ({ a: configFor('dev') }),
      flags: ['--as-group', 'ops'],
      reached: null,
      says: /needs a user to act as \(--as\)\n$/,
    },
    'proxy-url': {
      named: ['a'],
      files: ({ proxy }) => ({ a: configFor('dev', { cluster: { server: 'https://prod.test', 'proxy-url': proxy } }) }),
      reached: { endpoint: 'prod', isProxied: true },
    },
    'proxy-url of an unknown kind': {
      named: ['a'],
      files: () => ({ a: configFor('dev', { cluster: { 'proxy-url': 'ftp://127.0.0.1' } }) }),
      reached: null,
      says: /cluster dev: proxy-url ftp:\/\/127\.0\.0\.1 does not start with/,
    },
    HTTPS_PROXY: {
      named: ['a'],
      files: () => ({ a: configFor('dev', { cluster: { server: 'https://test.test' } }) }),
      env: ({ proxy }) => ({ HTTPS_PROXY: proxy }),
      reached: { endpoint: 'test', isProxied: true },
    },
    'https_proxy without a scheme': {
      named: ['a'],
      files: () => ({ a: configFor('dev', { cluster: { server: 'https://test.test:443/' } }) }),
      env: ({ proxy }) => ({ https_proxy: proxy.replace('http://', ''), NO_PROXY: 'est.test,.test.test' }),
      reached: { endpoint: 'test', isProxied: true },
    },
    'HTTPS_PROXY and NO_PROXY': {
      named: ['a'],
      files: () => ({ a: configFor('dev', { cluster: { server: 'https://test.test' } }) }),
      env: ({ proxy }) => ({ HTTPS_PROXY: proxy, NO_PROXY: 'example.com, .test' }),
      reached: null,
      says: /cannot reach https:\/\/test\.test: getaddrinfo/,
    },
    'HTTPS_PROXY and a server on loopback': {
      named: ['a'],
      files: () => ({ a: configFor('dev') }),
      env: ({ proxy }) => ({ HTTPS_PROXY: proxy }),
      reached: { endpoint: 'dev', isProxied: false },
    },
    'a credential helper beside the kubeconfig': {
      named: ['nested/a'],
      files: () => ({ 'nested/a': helped({ command: './helper', args: ['mine'] }), 'nested/helper': HELPER }),
      reached: { endpoint: 'dev', ...bearer('mine') },
    },
    'a credential helper that wants to know the cluster': {
      named: ['a'],
      files: () => {
        const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } }];
        const exec = { command: './helper', args: ['mine'], provideClusterInfo: true };
        return { a: helped(exec, { extensions, 'tls-server-name': 'dev.test' }), helper: HELPER };
      },
      reached: { endpoint: 'dev', ...bearer('mine') },
    },
    'a credential helper that --token makes needless': {
      named: ['a'],
      files: () => ({ a: helped({ command: './gone' }) }),
      flags: ['--token', 'mine'],
      reached: { endpoint: 'dev', ...bearer('mine') },
    },
    'a credential helper that is not installed': {
      named: ['a'],
      files: () => ({
        a: helped({ command: 'no-such-helper', installHint: 'Install it with\n  make helper\u001b[1m' }),
      }),
      reached: null,
      says: /exec of user dev: the program no-such-helper is not found\n.*Install it with\n.* {2}make helper\[1m\n$/,
    },
    'a credential helper that fails': {
      named: ['a'],
      files: () => ({ a: helped({ command: './helper' }), helper: '#!/bin/sh\nexit 3\n' }),
      reached: null,
      says: /helper ended with exit code 3\n$/,
    },
    'a credential helper with an unknown API': {
      named: ['a'],
      files: () => ({ a: helped({ command: './helper', apiVersion: 'v7' }), helper: HELPER }),
      reached: null,
      says: /apiVersion "v7" is none that kubectl knows\n$/,
    },
  };

  async function outcomesOf({ files, named, flags = [], env }: Case) {
    for (const [name, content] of Object.entries(files(endpoints))) {
      mkdirSync(join(directory.path, name, '..'), { recursive: true });
      writeFileSync(join(directory.path, name), typeof content === 'string' ? content : JSON.stringify(content));
      if (typeof content === 'string') chmodSync(join(directory.path, name), 0o755);
    }
    const seen = join(directory.path, 'seen');
    const variables = {
      HOME: join(directory.path, 'home'),
      KUBECONFIG: named?.map((name) => join(directory.path, name)).join(delimiter) ?? '',
      KUBERC: 'off',
      SEEN: seen,
      ...env?.(endpoints),
    };
    const from = async (call: () => Promise<Result>) => {
      writeFileSync(seen, '');
      const result = await call();
      return { result, call: endpoints.firstCall(), info: existsSync(seen) ? readFileSync(seen, 'utf8') : '' };
    };
    return {
      kubectl: await from(() => run(binaries.kubectl, ['get', '--raw', '/version', ...flags], { env: variables })),
      plugin: await from(() => run(process.execPath, [SCRIPT, 'nodes', ...flags], { env: variables })),
    };
  }

  it.each(Object.entries(cases))('%s', async (_, about) => {
    const { kubectl, plugin } = await outcomesOf(about);
    if (about.reached === null) {
      expect([kubectl.call, plugin.call]).toEqual([undefined, undefined]);
      expect([kubectl.result.code, plugin.result.code, plugin.result.stdout]).toEqual([1, 2, '']);
      expect(plugin.result.stderr).toMatch(about.says ?? /./);
    } else {
      expect(kubectl.call).toMatchObject(about.reached);
      expect(plugin.call).toEqual(kubectl.call);
      expect(plugin.result).toMatchObject({ code: 0, stderr: '' });
    }
    expect(plugin.info && JSON.parse(plugin.info)).toEqual(kubectl.info && JSON.parse(kubectl.info));
  });

  it('gives up after --request-timeout', async () => {
    const silent = await listening(createServer());
    const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    writeFileSync(join(directory.path, 'slow'), JSON.stringify(configFor('dev', { cluster: { server: url } })));
    const started = Date.now();
    const args = [SCRIPT, 'nodes', '--kubeconfig', join(directory.path, 'slow'), '--request-timeout', '300ms'];
    const { stderr, code } = await run(process.execPath, args);
    await stopped(silent);
    expect([stderr, code]).toEqual([`error: cannot reach ${url}: no answer within 0.3 s\n`, 2]);
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});
