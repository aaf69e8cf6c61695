// docs/reference/contract.md is what users may depend on: what it names is in the code, and the code has nothing beside it.
import { globSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { createProgram } from '../../../src/cli/program.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { REASONS } from '../../../src/core/reasons.ts';
import { workloadSchema } from '../../../src/core/workload.ts';
import { PATHS } from '../../../src/server/reviews.ts';
import { codeBlocks, markdownFiles, readText } from '../../support/markdown.ts';

const SILENT = { write: () => {}, colour: false };
const contract = readText('docs/reference/contract.md');
const section = (number: number) => contract.split(/^## (?=\d+\. )/m)[number] ?? '';
const codeIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
const firstCells = (text: string) => [...text.matchAll(/^\| (`.*?`) \| /gm)].flatMap(([, cell = '']) => codeIn(cell));
const unique = (names: readonly string[]) => [...new Set(names)].sort();

/** What the contract promises is built. */
function expectBuilt(promised: readonly string[], built: readonly string[]): void {
  expect(promised.length).toBeGreaterThan(0);
  expect(
    unique(promised).filter((name) => !built.includes(name)),
    'missing in the code',
  ).toEqual([]);
}

/** The code has nothing that the contract does not promise. */
function expectPromised(built: readonly string[], promised: readonly string[]): void {
  expect(
    unique(built).filter((name) => !promised.includes(name)),
    'missing in docs/reference/contract.md',
  ).toEqual([]);
}

it('reason codes', () => {
  const [codes = ''] = section(5).split('One sentence');
  const promised = codeIn(codes).filter((code) => /^[a-z-]+$/.test(code));
  expectBuilt(promised, Object.keys(REASONS));
  expectPromised(Object.keys(REASONS), promised);
});

it('annotations and labels, also those that a document mentions', () => {
  const names = (text: string) => unique(text.match(/max-map-count\.io\/[a-z-]+/g) ?? []);
  const sources = globSync('{src/**/*.ts,charts/*/templates/**/*.{yaml,tpl,txt}}', {
    cwd: new URL('../../../', import.meta.url),
  });
  const built = names(sources.map(readText).join('\n'));
  expectBuilt(names(contract), built);
  expectPromised(built, names(contract));
  expectPromised(names(markdownFiles.map(readText).join('\n')), names(contract));
});

it('paths', () => {
  const admin = readText('src/server/admin.ts').match(/(?<=')\/[a-z]+(?=')/g) ?? [];
  const promised = codeIn(section(6)).flatMap((code) => /^(?:POST )?(\/[a-z/-]+)$/.exec(code)?.[1] ?? []);
  const built = [...PATHS.keys(), ...admin];
  expectBuilt(promised, built);
  expectPromised(built, promised);
});

describe('configuration', () => {
  const [file = '', rows = ''] = codeBlocks(contract, 'yaml');

  it('keys', () => {
    const promised = keysOf(parse(file));
    const built = schemaKeys(z.toJSONSchema(configSchema, { io: 'input' }));
    expectBuilt(promised, built);
    expectPromised(built, promised);
  });

  it('keys of a catalogue row', () => {
    expectBuilt(Object.keys(parse(rows)[0]), Object.keys(workloadSchema.shape));
  });
});

describe('the plugin', () => {
  const usages = firstCells(section(8)).flatMap((usage) => usagesIn(usage.replaceAll('\\|', '|')));
  const program = createProgram({ stdout: SILENT, stderr: SILENT }, '', () => {});
  const commands = commandsOf(program).filter(({ command }) => command.commands.length === 0);
  const names = [...commands.map(({ path }) => path), 'help'];

  it('commands', () => {
    const promised = usages.map(({ path }) => path);
    expectBuilt(promised, names);
    expectPromised(names, promised);
  });

  it('flags', () => {
    const known = usages.filter(({ path }) => names.includes(path));
    const built = commands.flatMap(({ path, command }) =>
      command.options.flatMap((option) => flagsOf(path.split(' ')[0] ?? '', option)),
    );
    expectBuilt(
      known.flatMap(({ flags }) => flags),
      built,
    );
  });

  it('what -o takes', () => {
    const known = usages.filter(({ path, choices }) => names.includes(path) && choices.length > 0);
    const built = commands.flatMap(({ path, command }) => {
      const output = command.options.find(({ short }) => short === '-o');
      return (output?.argChoices ?? []).map((choice) => `${path} -o ${choice}`);
    });
    const promised = known.flatMap(({ choices }) => choices);
    expectBuilt(promised, built);
    expectPromised(built, promised);
  });
});

it('package scripts', () => {
  const promised = firstCells(section(9)).flatMap((cell) => /^npm (?:run )?([a-z0-9-]+)/.exec(cell)?.[1] ?? []);
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
  expectBuilt(promised, [...Object.keys(scripts), 'ci']);
});

interface Usage {
  /** `render config`. */
  readonly path: string;
  /** `preview --config`; those of `render` belong to its subcommands together. */
  readonly flags: readonly string[];
  /** `preview -o diff`. */
  readonly choices: readonly string[];
}

// `render a|b [--config FILE]`, `explain -f FILE|-|POD [-o text|json]`.
function usagesIn(usage: string): Usage[] {
  const [name = '', second = ''] = usage.split(' ');
  const paths = name === 'render' ? second.split('|').map((child) => `${name} ${child}`) : [name];
  const flags = usage.match(/(?<=[ [])--?[a-z][a-z-]*/gi) ?? [];
  const choices = /-o ([a-z|]+)/.exec(usage)?.[1]?.split('|') ?? [];
  return paths.map((path) => ({
    path,
    flags: flags.map((flag) => `${name} ${flag}`),
    choices: choices.map((choice) => `${path} -o ${choice}`),
  }));
}

function commandsOf(parent: Command, prefix = ''): { path: string; command: Command }[] {
  return parent.commands.flatMap((command) => {
    const path = `${prefix}${command.name()}`;
    return path.startsWith('__') ? [] : [{ path, command }, ...commandsOf(command, `${path} `)];
  });
}

function flagsOf(path: string, { short, long }: Option): string[] {
  return [short, long].flatMap((flag) => (flag === undefined ? [] : [`${path} ${flag}`]));
}

function keysOf(value: Record<string, unknown>, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const isMap = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isMap ? keysOf(inner as Record<string, unknown>, `${prefix}${key}.`) : [`${prefix}${key}`];
  });
}

function schemaKeys({ properties = {} }: z.core.JSONSchema.BaseSchema, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([key, inner]) => {
    const hasKeys = typeof inner === 'object' && inner.properties !== undefined;
    return hasKeys ? schemaKeys(inner, `${prefix}${key}.`) : [`${prefix}${key}`];
  });
}
