import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { cli } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'cli-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

const POD =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: es}\nspec:\n  containers: [{name: es, image: elasticsearch:8}]\n';

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function bomb(): string {
  const rows = Array.from({ length: 12 }, (_, row) => `a${row + 1}: &a${row + 1} [${Array(10).fill(`*a${row}`)}]`);
  return ['a0: &a0 [x]', ...rows].join('\n');
}

const FILES: readonly (readonly [string, () => string, RegExp])[] = [
  ['broken YAML', () => file('broken.yaml', 'kind: Pod\nmetadata: {name: [}\n'), /broken\.yaml:2:\d+: /],
  ['a tab', () => file('tab.yaml', 'kind: Pod\nspec:\n\tx: 1\n'), /tab\.yaml:3:1: a tab is used as indentation/],
  [
    'a template that was not rendered',
    () => file('template.yaml', 'kind: {{ .kind }}\n'),
    /template\.yaml:1:8: a map or list cannot be a key: is this a template that was not rendered\?/,
  ],
  ['an alias bomb', () => file('bomb.yaml', bomb()), /bomb\.yaml: its aliases .* expand too far/],
  ['deep nesting', () => file('deep.yaml', '['.repeat(100_000)), /deep\.yaml.*(?:nested too deeply|expected)/],
  ['binary', () => file('binary.yaml', Buffer.from([1, 0, 2])), /binary\.yaml: is binary/],
  ['another encoding', () => file('latin1.yaml', Buffer.from([0x61, 0xe9, 0x0a])), /latin1\.yaml: is not UTF-8 text/],
  ['plain text', () => file('text.yaml', 'hello\n'), /text\.yaml: document 1 is plain text/],
  ['nothing there', () => join(folder, 'none.yaml'), /none\.yaml: there is no such file or directory/],
  ['a device without end', () => '/dev/zero', /\/dev\/zero: is a device, not a regular file/],
  ['a URL', () => 'https://example.com/a.yaml', /URLs are not fetched/],
];

describe('an input that cannot be read', () => {
  it.each(FILES)('%s: one clear line, exit 2, and the others are still done', async (_, make, problem) => {
    const { stdout, stderr, code } = await cli(['preview', '-o', 'yaml', '-f', make(), '-f', file('good.yaml', POD)]);
    expect(stderr).toMatch(problem);
    expect(stderr).toContain('1 would be patched, 0 unchanged; 1 could not be read');
    expect(stdout).toContain('max-map-count.io/applied');
    expect(code).toBe(2);
  });

  it.each([
    ['nothing there', () => join(folder, 'none.yaml')],
    ['a device without end', () => '/dev/zero'],
    ['another encoding', () => file('latin1.yaml', Buffer.from([0x61, 0xe9, 0x0a]))],
    ['a tab', () => file('tab.yaml', 'level: required\nlog:\n\tlevel: info\n')],
    ['an alias bomb', () => file('bomb.yaml', bomb())],
  ])('%s: --config says it in the words of -f', async (_, make) => {
    const path = make();
    const [config, manifest] = [await cli(['catalogue', '--config', path]), await cli(['preview', '-f', path])];
    expect(config.code).toBe(2);
    expect(config.stderr).toMatch(/^error: .+\n/);
    expect(manifest.stderr.split('\n')[0]).toBe(config.stderr.split('\n')[0]);
  });

  it('a 1 GB file is refused at once', async () => {
    const path = file('huge.yaml', 'a');
    truncateSync(path, 1024 ** 3);
    const { stderr, stdout, code } = await cli(['preview', '-f', path]);
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toContain('huge.yaml: is larger than 16 MiB');
  });

  it('a named pipe without a writer does not hang', async () => {
    const path = join(folder, 'pipe.yaml');
    execFileSync('mkfifo', [path]);
    const { stderr, code } = await cli(['preview', '-f', path]);
    expect([stderr, code]).toEqual([
      `error: ${path}: is a named pipe, not a regular file\n0 pod templates: 0 would be patched, 0 unchanged; 1 could not be read\n`,
      2,
    ]);
  });
});

it('a broken document costs no other of its file, and passes through', async () => {
  const path = file('mixed.yaml', `kind: {\n---\n# mine\n${POD}---\njust text\n`);
  const { stdout, stderr, code } = await cli(['preview', '-o', 'yaml', '-f', path]);
  expect(stderr).toMatch(/^error: .*mixed\.yaml:\d+:\d+: .+\nerror: .*mixed\.yaml: document 3 is plain text/);
  expect(stderr).toContain('1 would be patched, 0 unchanged; 2 could not be read\n');
  expect(stdout).toMatch(/^kind: \{\n---\n# mine\n[\s\S]*max-map-count\.io\/applied[\s\S]*---\njust text\n$/);
  expect(code).toBe(2);
});

it('what kubectl puts up with is judged, with a warning', async () => {
  const odd = `${POD.replace('name: es}', 'name: es, labels: {a: "x\ny"}}')}kind: Pod\n`;
  const path = file('odd.yaml', odd);
  const { stdout, stderr, code } = await cli(['preview', '-o', 'yaml', '-f', path]);
  expect(stderr).toMatch(
    /^warning: .*odd\.yaml:4:1: what is quoted .*\nwarning: .*odd\.yaml:7:1: the key "kind" is given twice/,
  );
  expect(stdout).toContain('labels: {a: "x\ny"}}');
  expect(stdout).toContain('max-map-count.io/applied');
  expect(code).toBe(0);
});

describe('a directory', () => {
  const directory = join(folder, 'manifests');
  mkdirSync(join(directory, 'sub'), { recursive: true });
  mkdirSync(join(directory, 'empty'));
  for (const name of ['b.yaml', 'a.yml', 'notes.txt', 'sub/c.json']) {
    writeFileSync(join(directory, name), POD.replace('name: es', `name: ${name.replace(/\W/g, '-')}`));
  }
  symlinkSync(directory, join(directory, 'sub', 'loop'));

  it('is read by name, without its subdirectories', async () => {
    const { stderr } = await cli(['preview', '-f', directory]);
    expect(stderr.match(/Pod \S+/g)).toEqual(['Pod a-yml:', 'Pod b-yaml:']);
    expect(stderr).toContain(`note: ${directory}: empty/, sub/ not read (-R reads subdirectories)\n`);
  });

  it('is read with its subdirectories for -R, and a loop of links ends', async () => {
    const { stderr, code } = await cli(['preview', '-R', '-f', directory]);
    expect(stderr.match(/Pod \S+/g)).toEqual(['Pod a-yml:', 'Pod b-yaml:', 'Pod sub-c-json:']);
    expect(code).toBe(0);
  });

  it('without manifests is an error', async () => {
    const { stderr, code } = await cli(['preview', '-f', join(directory, 'empty')]);
    expect(stderr).toContain('empty: holds no .yaml, .yml or .json file (-R looks into subdirectories)');
    expect(code).toBe(2);
  });
});

describe('-k', () => {
  const directory = join(folder, 'kustomize');
  const path = process.env.PATH;
  mkdirSync(directory);
  writeFileSync(join(directory, 'kustomization.yaml'), 'resources: [pod.yaml]\nnamePrefix: prod-\n');
  writeFileSync(join(directory, 'pod.yaml'), POD);
  afterEach(() => {
    process.env.PATH = path;
  });

  it('without kubectl says what is missing', async () => {
    process.env.PATH = '';
    const { stdout, stderr, code } = await cli(['preview', '-k', directory]);
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toMatch(/^error: kustomize \S+: kubectl, which does this, is not on PATH: https:/);
  });

  it('takes what kubectl prints, and says what it complains of', async () => {
    const kubectl = join(folder, 'bin', 'kubectl');
    mkdirSync(join(folder, 'bin'));
    writeFileSync(
      kubectl,
      '#!/bin/sh\n[ "$1 $2" = "kustomize good" ] && exec cat "$POD"\necho "error: no such" >&2\nexit 1\n',
    );
    chmodSync(kubectl, 0o755);
    process.env.PATH = `${join(folder, 'bin')}:${path}`;
    process.env.POD = join(directory, 'pod.yaml');
    expect((await cli(['preview', '-k', 'good'])).stderr).toContain('1 would be patched');
    const { stderr, code } = await cli(['preview', '-k', 'bad']);
    expect([stderr.split('\n')[0], code]).toEqual(['error: kustomize bad: no such', 2]);
  });
});

it('reads what kubectl reads: yes for true, merge keys, JSON indented with tabs, a byte order mark', async () => {
  const privileged = `${POD.replace('elasticsearch:8', 'x')}  initContainers: [{name: s, image: b, command: [sysctl, -w, vm.max_map_count=262144], securityContext: {privileged: yes, runAsUser: 0}}]\n`;
  const raised = privileged.replace('image: x', 'image: elasticsearch:8');
  expect((await cli(['preview', '-f', file('yes.yaml', raised)])).stderr).toContain('(already-handled)');
  const merged = POD.replace('metadata:', 'x: &m {labels: {a: b}}\nmetadata:').replace(
    '{name: es}',
    '{<<: *m, name: es}',
  );
  const { stdout } = await cli(['preview', '-o', 'json', '-f', file('merge.yaml', merged)]);
  expect(JSON.parse(stdout).metadata.labels).toEqual({ a: 'b' });
  const json = JSON.stringify(
    { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ image: 'elasticsearch' }] } },
    null,
    '\t',
  );
  const tabs = await cli(['preview', '-o', 'yaml', '-f', file('tabs.json', `\ufeff${json}`)]);
  expect(tabs.stdout.startsWith('\ufeff{\n\t"')).toBe(true);
  expect(JSON.parse(tabs.stdout.slice(1)).spec.initContainers[0].name).toBe('max-map-count');
});
