import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { DEFAULTS, defaultSettings } from '../../src/config/defaults.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { builtInWorkloads } from '../../src/core/catalogue.ts';
import { temporaryDirectory } from '../support/certificates.ts';

const DECIMAL = 'must be written as a plain decimal integer, for example 262144';
const IMAGE = 'must be an image reference such as registry.example/busybox:1.37.0@sha256:<64 hex digits>';
const RESOURCES =
  'must be inherit, or both cpu and memory as quantities, for example {cpu: 10m, memory: 16Mi} or {cpu: "1", memory: 16Mi}';
const QUANTITY = 'must be a quantity such as 10m or 16Mi';
const NO_VALUE = 'has no value: give it one, or leave the key out for the default';
const row = (required: string) => `workloads: [{name: own, required: ${required}}]`;

function configOf(yaml: string) {
  const result = parseConfig(yaml, 'config.yaml');
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.config;
}

function problemsOf(yaml: string) {
  const result = parseConfig(yaml, 'config.yaml');
  return result.ok ? [] : result.problems;
}

describe('defaults', () => {
  test.each(['', '\n', '# nothing\n', '---\n', '{}'])('apply to %j', (yaml) => {
    const { settings, ...rest } = configOf(yaml);
    expect(rest).toEqual({
      listen: { port: 8443, adminPort: 8081, drainSeconds: 5 },
      tls: { certFile: '/tls/tls.crt', keyFile: '/tls/tls.key' },
      auth: { mode: 'none' },
      log: { level: 'info' },
      notes: [],
    });
    const { catalogue, ...others } = settings;
    expect(others).toEqual({
      level: 'required',
      mode: 'enforce',
      initContainer: { image: DEFAULTS.initContainer.image, imagePullPolicy: 'IfNotPresent', resources: 'inherit' },
      nodeAffinity: { label: 'max-map-count.io/value', mode: 'required' },
      nodes: { guaranteed: 0 },
    });
    expect(catalogue.rows.map(({ name }) => name)).toEqual(builtInWorkloads.map(({ name }) => name));
  });

  test('apply without a file', () => {
    expect(readConfig()).toEqual({ ok: true, config: configOf('') });
  });

  test('are the settings of whoever loads no schema', () => {
    expect(defaultSettings()).toEqual(configOf('').settings);
  });
});

describe('accepted', () => {
  test('every key', () => {
    const config = configOf(`
listen: {port: 9443, adminPort: 0, drainSeconds: 300}
tls: {certFile: a.crt, keyFile: a.key}
auth: {mode: clientCertificate, caFile: ca.crt, names: [kube-apiserver]}
level: recommended
mode: observe
initContainer: {image: "registry.corp:5000/busybox:1", imagePullPolicy: Never, resources: {cpu: 10m, memory: 16Mi}}
nodeAffinity: {label: prepared, mode: preferred}
workloads: [{name: own, required: 300000}]
disabledWorkloads: [cratedb]
log: {level: silent}
`);
    expect(config.listen).toEqual({ port: 9443, adminPort: 0, drainSeconds: 300 });
    expect(config.auth).toEqual({ mode: 'clientCertificate', caFile: 'ca.crt', names: ['kube-apiserver'] });
    expect(config.settings.initContainer).toEqual({
      image: 'registry.corp:5000/busybox:1',
      imagePullPolicy: 'Never',
      resources: { cpu: '10m', memory: '16Mi' },
    });
    const names = config.settings.catalogue.rows.map(({ name }) => name);
    expect(names).toContain('own');
    expect(names).not.toContain('cratedb');
  });

  test('a byte order mark and CRLF', () => {
    expect(configOf('\uFEFFlevel: recommended\r\nmode: observe\r\n').settings).toMatchObject({
      level: 'recommended',
      mode: 'observe',
    });
  });

  test('both ports 0, which asks for any two', () => {
    expect(configOf('listen: {port: 0, adminPort: 0}').listen.port).toBe(0);
  });

  test('an image without a digest, with a note', () => {
    const { notes } = configOf('initContainer: {image: "busybox:1.37"}');
    expect(notes).toEqual([expect.stringMatching(/^initContainer\.image has no digest: /)]);
  });

  test.each(['65530', '262144', '2147483647'])('%s as a value', (value) => {
    expect(configOf(row(value)).settings.catalogue.rows.at(-1)?.required).toBe(Number(value));
  });
});

describe('refused, with the key path', () => {
  test.each<[yaml: string, ...problems: string[]]>([
    [row('0'), 'workloads[0].required: must be >= 65530'],
    [row('-1'), 'workloads[0].required: must be >= 65530'],
    [row('2147483648'), 'workloads[0].required: must be <= 2147483647'],
    [row('9007199254740993'), 'workloads[0].required: must be <= 2147483647'],
    [row('0x40000'), `workloads[0].required: ${DECIMAL}`],
    [row('0o1000000'), `workloads[0].required: ${DECIMAL}`],
    [row('0262144'), `workloads[0].required: ${DECIMAL}`],
    [row('+262144'), `workloads[0].required: ${DECIMAL}`],
    [row('1e6'), `workloads[0].required: ${DECIMAL}`],
    [row('262144.0'), `workloads[0].required: ${DECIMAL}`],
    [row('262144.5'), `workloads[0].required: ${DECIMAL}`],
    [row('.inf'), `workloads[0].required: ${DECIMAL}`],
    [row('.nan'), `workloads[0].required: ${DECIMAL}`],
    [row('"262144"'), 'workloads[0].required: must be a number without quotes'],
    [row('" 262144"'), 'workloads[0].required: must be a number without quotes'],
    [row('262_144'), 'workloads[0].required: must be a number without quotes'],
    [row('١٢٣'), 'workloads[0].required: must be a number without quotes'],
    ['listen: {port: 65536}', 'listen.port: must be <= 65535'],
    ['listen: {drainSeconds: 301}', 'listen.drainSeconds: must be <= 300'],
    ['listen: {port: 9000, adminPort: 9000}', 'listen.adminPort: must differ from listen.port'],
    ['tls: {certFile: ""}', 'tls.certFile: must name a file'],
    ['initContainer: {image: "a b"}', `initContainer.image: ${IMAGE}`],
    ['initContainer: {image: "--privileged"}', `initContainer.image: ${IMAGE}`],
    ['initContainer: {image: /etc/passwd}', `initContainer.image: ${IMAGE}`],
    ['initContainer: {image: ""}', `initContainer.image: ${IMAGE}`],
    ['initContainer: {image: "busybox@sha256:abc"}', `initContainer.image: ${IMAGE}`],
    [`initContainer: {image: ${'a'.repeat(600)}}`, `initContainer.image: ${IMAGE}`],
    ['initContainer: {resources: none}', `initContainer.resources: ${RESOURCES}`],
    ['initContainer: {resources: {cpu: 10m}}', `initContainer.resources: ${RESOURCES}`],
    ['initContainer: {resources: {cpu: 10 m, memory: 16Mi}}', `initContainer.resources.cpu: ${QUANTITY}`],
    ['initContainer: {resources: {cpu: "-1", memory: 16Mi}}', `initContainer.resources.cpu: ${QUANTITY}`],
    ['nodeAffinity: {label: a/b/c}', 'nodeAffinity.label: must be a label key such as max-map-count.io/value'],
    [
      `nodeAffinity: {label: ${'a'.repeat(64)}}`,
      'nodeAffinity.label: must be a label key such as max-map-count.io/value',
    ],
    ['level: no', 'level: expected one of "required"|"recommended"'],
    ['log: {level: loud}', 'log.level: expected one of "trace"|"debug"|"info"|"warn"|"error"|"fatal"|"silent"'],
    ['listen: {port: true}', 'listen.port: expected number, received boolean'],
    ['listen:', `listen: ${NO_VALUE}`],
    ['[]', 'the file: expected object, received array'],
    ['just text', 'the file: expected object, received string'],
    ['<<: {level: required}', '["<<"]: unknown key'],
    ['__proto__: {level: required}', '__proto__: unknown key'],
    ['constructor: x', 'constructor: unknown key'],
    ['listen: {prot: 1}', 'listen.prot: unknown key; did you mean port?'],
    ['initcontainer: {}', 'initcontainer: unknown key; did you mean initContainer?'],
    ['workloads: [{name: own, required: 262144, image: [x]}]', 'workloads[0].image: unknown key; did you mean images?'],
    ['workloads: [{}]', 'workloads[0].name: is missing', 'workloads[0].required: is missing'],
    [
      'workloads: [{name: own, required: 262144, recommended: {value: 524288, since: 8.16}}]',
      'workloads[0].recommended.since: expected string, received number',
    ],
    [
      'workloads: [{name: own, required: 262144}, {name: own, required: 262145}]',
      'workloads[1].name: workloads[0] has the same name, own',
    ],
    [
      'disabledWorkloads: [kibana]',
      `disabledWorkloads[0]: is no built-in workload; these are: ${builtInWorkloads.map(({ name }) => name).join(', ')}`,
    ],
  ])('%s', (yaml, ...problems) => {
    expect(problemsOf(yaml)).toEqual(problems);
  });

  test('all problems at once', () => {
    expect(problemsOf('level: x\nmode: y\nlisten: {port: 0x1, x: 1}')).toHaveLength(4);
  });
});

describe('refused, with the place in the file', () => {
  test.each([
    ['level: required\nlevel: required', 'config.yaml:2:1: the key is given twice in the same map'],
    ['level: !!js/function "x"', 'config.yaml:1:8: Unresolved tag: tag:yaml.org,2002:js/function'],
    ['level: !!binary aGk=', 'config.yaml:1:8: Unresolved tag: tag:yaml.org,2002:binary'],
    ['level: required\n\tmode: observe', 'config.yaml:2:1: a tab is used as indentation: YAML wants spaces'],
    ['level: required\n---\nmode: observe', 'config.yaml:2:1: only one document is allowed'],
    ['%YAML 1.1\n---\nlevel: required', 'config.yaml:1:1: only YAML 1.2 is supported'],
    ['level: *nothing', 'config.yaml: its aliases cannot be resolved, or expand too far'],
  ])('%j', (yaml, problem) => {
    expect(problemsOf(yaml)).toContain(problem);
  });

  test('an alias bomb', () => {
    const levels = [...'bcdefgh'].map((name, index) => `${name}: &${name} [${`*${'abcdefg'[index]},`.repeat(9)}]`);
    expect(problemsOf(['a: &a [x]', ...levels].join('\n'))).toEqual([
      'config.yaml: its aliases cannot be resolved, or expand too far',
    ]);
  });

  test('deep nesting, without a flood of messages', () => {
    const problems = problemsOf('['.repeat(20_000));
    expect(problems[0]).toMatch(/^config\.yaml:1:\d+: is nested too deeply$/);
    expect(problems.length).toBeLessThanOrEqual(5);
  });
});

describe('a file that cannot be read', () => {
  const directory = temporaryDirectory();
  const path = (name: string) => join(directory.path, name);
  mkdirSync(path('directory'));
  writeFileSync(path('large'), Buffer.alloc(1024 * 1024 + 1, '#'));
  writeFileSync(path('latin1'), Buffer.from([0x23, 0xe4]));
  execFileSync('mkfifo', [path('fifo')]);
  afterAll(directory.remove);

  test.each([
    [path('missing'), /: there is no such file or directory$/],
    [path('directory'), /: is a directory, not a regular file$/],
    [path('fifo'), /: is a named pipe, not a regular file$/],
    ['/dev/zero', /: is a device, not a regular file$/],
    [path('large'), /: is larger than 1 MiB$/],
    [path('latin1'), /: is not UTF-8 text$/],
  ])('%s', (file, problem) => {
    expect(readConfig(file)).toEqual({ ok: false, problems: [expect.stringMatching(problem)] });
    expect(readConfig(file)).toMatchObject({ problems: [expect.stringContaining(file)] });
  });
});
