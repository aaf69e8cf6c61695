import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { HINTS } from '../../../src/cli/explain/hints.ts';
import { wantsColour } from '../../../src/cli/io.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { matchConditionsFor } from '../../../src/core/match-conditions.ts';
import { REASONS } from '../../../src/core/reasons.ts';
import { settingsOf } from '../../support/cases.ts';
import { cli } from './support.ts';

const ELK = fileURLToPath(new URL('../../../examples/elk.yaml', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cli-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a command line that makes no sense', () => {
  it.each<[string, string[], string]>([
    [
      'an unknown flag',
      ['preview', '-f', ELK, '--wrong'],
      "error: unknown option '--wrong'\nUsage: kubectl max-map-count preview [options]\n",
    ],
    [
      'an unknown output',
      ['preview', '-f', ELK, '-o', 'xml'],
      'Allowed choices are diff, yaml, json, patch, pod.\nUsage: ',
    ],
    [
      'an unknown strategy',
      ['explain', '-f', ELK, '--strategy', 'none'],
      'Allowed choices are init-container, node-affinity.',
    ],
    [
      'no file',
      ['preview'],
      'error: say what to preview: -f FILE, -f - for standard input, or -k DIRECTORY for kustomize\n',
    ],
    [
      'a file and kustomize',
      ['preview', '-f', ELK, '-k', '.'],
      "'-k, --kustomize <directory>' cannot be used with option",
    ],
    ['an unknown command', ['frobnicate'], "error: unknown command 'frobnicate'\n"],
    ['an unknown shell', ['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish.'],
    ['nothing to explain', ['explain'], 'error: say what to explain: either -f FILE, or'],
    ['a bad limit', ['doctor', '--limit', '0'], 'It must be a number above 0.'],
    ['a missing configuration', ['catalogue', '--config', 'none.yaml'], 'error: none.yaml: '],
    [
      'a missing kubeconfig',
      ['doctor', '--kubeconfig', 'none.yaml'],
      'error: kubeconfig none.yaml: there is no such file or directory',
    ],
  ])('%s: says so on stderr and exits 2', async (_, args, message) => {
    const { stdout, stderr, code } = await cli(args);
    expect(stderr).toContain(message);
    expect([stdout, code]).toEqual(['', 2]);
  });

  it('without any command shows the help on stderr and exits 2', async () => {
    const { stdout, stderr, code } = await cli([]);
    expect(stderr).toMatch(/^Usage: kubectl max-map-count \[options\] \[command\]\n/);
    expect([stdout, code]).toEqual(['', 2]);
  });
});

const SILENT = { stdout: { colour: false, write() {} }, stderr: { colour: false, write() {} } };

/** The commands that do something, by the words that call them. */
function commandsOf(program: Command): string[] {
  const shown = program.createHelp().visibleCommands(program);
  return shown.flatMap((command) => {
    if (command.name() === 'help') return [];
    const inner = commandsOf(command).map((words) => `${command.name()} ${words}`);
    return inner.length > 0 ? inner : command.name();
  });
}

describe('help', () => {
  it.each(commandsOf(createProgram(SILENT, '0.0.0', () => {})))(
    '%s --help has an example, on stdout',
    async (command) => {
      const words = command.split(' ');
      const { stdout, stderr, code } = await cli([...words, '--help']);
      expect(stdout).toMatch(new RegExp(`^Usage: kubectl max-map-count ${command} .*`));
      expect(stdout).toMatch(new RegExp(`\nExamples:\n.*kubectl max-map-count ${command}`));
      expect([stderr, code]).toEqual(['', 0]);
      expect((await cli([...words.slice(0, -1), 'help', ...words.slice(-1)])).stdout).toBe(stdout);
    },
  );
});

describe('colours', () => {
  it.each<[Record<string, string>, boolean, boolean]>([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ TERM: 'dumb' }, true, false],
  ])('with %j on a terminal (%s): %s', (env, isTTY, wanted) => {
    expect(wantsColour({ isTTY }, env)).toBe(wanted);
  });

  it('change nothing but the colour', async () => {
    const plain = await cli(['preview', '-f', ELK, '-v']);
    const coloured = await cli(['preview', '-f', ELK, '-v'], { colour: true });
    const esc = String.fromCharCode(27);
    const stripped = coloured.terminal.replaceAll(new RegExp(`${esc}\\[\\d+m`, 'g'), '');
    expect(coloured.stdout).toContain(`${esc}[32m+      initContainers:${esc}[0m`);
    expect(stripped).toBe(plain.terminal);
  });
});

it('names from a manifest cannot reach the terminal’s controls', async () => {
  const file = join(folder, 'escape.json');
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: '\u001b[2Jx' },
    spec: { containers: [{ name: 'a\u001b[1m', image: 'elasticsearch' }] },
  };
  writeFileSync(file, JSON.stringify(pod));
  const outputs = [await cli(['preview', '-v', '-f', file]), await cli(['explain', '-f', file])];
  for (const { stderr, stdout } of outputs) expect(stderr + stdout.replace(/^[-+{].*$/gm, '')).not.toContain('\u001b');
});

describe('catalogue', () => {
  it('prints every row in force as text, JSON and YAML alike', async () => {
    const [text, json, yaml] = await Promise.all(
      ['text', 'json', 'yaml'].map(async (format) => (await cli(['catalogue', '-o', format])).stdout),
    );
    const rows: { name: string }[] = JSON.parse(json ?? '');
    expect(parse(yaml ?? '')).toEqual(rows);
    const names = settingsOf('').catalogue.rows.map(({ name }) => name);
    expect(rows.map(({ name }) => name)).toEqual(names);
    expect(
      text
        ?.trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(' ')[0]),
    ).toEqual(names);
  });
});

describe('render config', () => {
  it.each([
    '',
    'level: recommended\ndisabledWorkloads: [sonarqube]\n',
    'workloads: [{name: mine, required: 300000}, {name: crate, required: 70000}]\nmode: observe\n',
  ])('prints what means the same when read again: %j', async (config) => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, config);
    const { stdout, code } = await cli(['render', 'config', '--config', file]);
    expect(code).toBe(0);
    expect(settingsOf(stdout)).toEqual(settingsOf(config));
    const again = join(folder, 'again.yaml');
    writeFileSync(again, stdout);
    expect((await cli(['render', 'config', '--config', again])).stdout).toBe(stdout);
  });
});

describe('render match-conditions', () => {
  const rowsOf = (config: string) => settingsOf(config).catalogue.rows;

  it.each(['', 'disabledWorkloads: [sonarqube]\nworkloads: [{name: mine, required: 300000, env: [my.setting]}]\n'])(
    'prints what a webhook configuration takes, for the rows in force: %j',
    async (config) => {
      const file = join(folder, 'config.yaml');
      writeFileSync(file, config);
      const { stdout, stderr, code } = await cli(['render', 'match-conditions', '--config', file]);
      expect([stderr, code]).toEqual(['', 0]);
      expect(parse(stdout)).toEqual(matchConditionsFor(rowsOf(config)).conditions);
      expect(stdout.includes('my.setting')).toBe(config !== '');
      // As people read it: blocks, with the lines that the expression has.
      expect(stdout).toContain('expression: |-\n');
      expect(stdout).toContain("\n    // or an operator's label says what the pod is,\n");
    },
  );

  it('says why there is no prefilter for rows that cannot be written down', async () => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, 'workloads: [{name: mine, required: 300000, env: ["a b"]}]');
    const { stdout, stderr, code } = await cli(['render', 'match-conditions', '--config', file]);
    expect(code).toBe(0);
    expect(stderr).toBe(
      'note: every pod is sent to the webhook, without a prefilter: "a b" has characters that the prefilter does not take\n',
    );
    expect(parse(stdout)).toHaveLength(2);
  });
});

describe('completion', () => {
  it.each<[string[], string[]]>([
    [['pre'], ['preview']],
    [
      ['preview', '-o', ''],
      ['diff', 'json', 'patch', 'pod', 'yaml'],
    ],
    [['explain', '--str'], ['--strategy']],
    [['explain', '--strategy', 'n'], ['node-affinity']],
    [['completion', 'z'], ['zsh']],
    [['render', 'c'], ['config']],
    [['preview', '-f', 'some'], []],
  ])('after %j offers %j', async (words, wanted) => {
    const { stdout, code } = await cli(['__complete', ...words]);
    expect([stdout.trim().split('\n'), code]).toEqual([[...wanted, ':0'], 0]);
  });

  it.each(['bash', 'zsh', 'fish'])('prints a script for %s', async (shell) => {
    const { stdout, code } = await cli(['completion', shell]);
    expect(stdout).toContain('kubectl-max_map_count __complete');
    expect(code).toBe(0);
  });
});

it('has a hint for every reason, and no other', () => {
  expect(Object.keys(HINTS)).toEqual(Object.keys(REASONS));
});

it('prints the version', async () => {
  expect(await cli(['version'])).toMatchObject({ stdout: '0.0.0-test\n', stderr: '', code: 0 });
});
