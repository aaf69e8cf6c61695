import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { manifestOf } from '../../../src/cli/explain/link.ts';
import { PLAYGROUND, sharedIn } from '../../../src/cli/share/link.ts';
import { readText } from '../../support/markdown.ts';
import { cli } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'cli-link-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const ELK = file('elk.yaml', readText('examples/elk.yaml'));
const sharedOf = (link: string) => sharedIn(link.trimEnd().slice(PLAYGROUND.length));

it('prints the link alone, and warns on stderr that the manifest is in it', async () => {
  const { stdout, stderr, code } = await cli(['explain', '-f', ELK, '--link', '--strategy', 'node-affinity']);
  expect(stdout).toMatch(new RegExp(`^${PLAYGROUND}#v1=[\\w-]+\n$`));
  expect(stderr).toBe(
    'warning: the manifest is in the link: whoever gets it can read it; --redact hides the values of environment variables\n',
  );
  expect(code).toBe(0);
  expect(await sharedOf(stdout)).toEqual({
    manifest: readText('examples/elk.yaml'),
    config: '',
    level: 'privileged',
    strategy: 'node-affinity',
    engine: 'webhook',
  });
});

it('holds several files as one stream, and the configuration', async () => {
  const config = file('config.yaml', 'mode: observe\n');
  const { stdout, stderr } = await cli([
    'explain',
    '-f',
    ELK,
    '-f',
    file('b.yaml', 'kind: Pod'),
    '--link',
    '--config',
    config,
  ]);
  expect(await sharedOf(stdout)).toMatchObject({
    manifest: `${readText('examples/elk.yaml')}---\nkind: Pod`,
    config: 'mode: observe\n',
  });
  expect(stderr).toContain('the manifest and the configuration are in the link');
});

it('hides values with --redact, and counts them', async () => {
  const pod =
    'kind: Pod\nspec: {containers: [{name: a, image: elasticsearch:8.19.0, env: [{name: A, value: s3cret}]}]}\n';
  const { stdout, stderr } = await cli([
    'explain',
    '-f',
    file('pod.yaml', `kind: Secret\n---\n${pod}`),
    '--link',
    '--redact',
  ]);
  expect((await sharedOf(stdout))?.manifest).toBe(pod.replace('s3cret', 'REDACTED'));
  expect(stderr).toBe(
    'note: hidden: 1 values; left out: 1 documents that make no pods\nwarning: the manifest is in the link: whoever gets it can read it\n',
  );
});

it.each([
  ['--redact alone', ['-f', ELK, '--redact'], 'error: --redact hides values in a link: give --link too\n'],
  [
    'a missing file',
    ['-f', join(folder, 'none.yaml'), '--link'],
    `error: ${join(folder, 'none.yaml')}: there is no such file or directory\n`,
  ],
  [
    'a missing configuration',
    ['-f', ELK, '--link', '--config', join(folder, 'none')],
    `error: ${join(folder, 'none')}: there is no such file or directory\n`,
  ],
  [
    'a broken configuration',
    ['-f', ELK, '--link', '--config', file('broken.yaml', 'modes: a\n')],
    'error: modes: unknown key; did you mean mode?\n',
  ],
  [
    'a broken manifest to redact',
    ['-f', file('broken-pod.yaml', 'kind: [Pod\n'), '--link', '--redact'],
    'error: the manifest:',
  ],
])('refuses %s without half an answer', async (_what, args, problem) => {
  const { stdout, stderr, code } = await cli(['explain', ...args]);
  expect(stdout).toBe('');
  expect(stderr.startsWith(problem)).toBe(true);
  expect(code).toBe(2);
});

it('refuses a link that no browser opens', async () => {
  let [noise, seed] = ['', 1];
  for (let index = 0; index < 400_000; index += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    noise += `# ${seed.toString(36)}\n`;
  }
  const { stdout, stderr, code } = await cli(['explain', '-f', file('noise.yaml', noise), '--link']);
  expect(stdout).toBe('');
  expect(stderr).toMatch(
    /^error: the link would have \d+ characters, and browsers open up to 2097152: name fewer files\n$/,
  );
  expect(code).toBe(2);
});

it('writes live objects as somebody would', () => {
  const live = {
    metadata: { name: 'p', managedFields: [] },
    kind: 'Pod',
    apiVersion: 'v1',
    spec: {},
    status: { a: 1 },
  };
  expect(manifestOf([live])).toEqual(['apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec: {}\n']);
});
