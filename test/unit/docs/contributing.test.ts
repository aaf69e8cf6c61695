// CONTRIBUTING.md is a map: it has every folder, and each recipe names files that are there.
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readText } from '../../support/markdown.ts';

const root = new URL('../../../', import.meta.url);
const page = readText('CONTRIBUTING.md');
// Made by npm, the build, a release, tests and git.
const MADE = ['node_modules', 'dist', 'release', 'coverage', '.git', '.vite', '.vitest'];

function foldersIn(folder: string): string[] {
  const entries = readdirSync(new URL(folder, root), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !MADE.includes(entry.name)).map(({ name }) => folder + name);
}

it('the table of folders has every folder', () => {
  const table = page.split('## Where things are')[1]?.split(/^## /m)[0] ?? '';
  const listed = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, path]) => path);
  const folders = [...foldersIn('').filter((folder) => folder !== 'test'), ...foldersIn('test/')];
  expect(listed.sort()).toEqual(folders.sort());
});

describe('a recipe', () => {
  const recipes = page.split(/^## (?=Add )/m).slice(1);
  const titles = recipes.map((recipe) => recipe.split('\n')[0]);

  it('is there for whatever people add', () => {
    expect(titles).toEqual([
      'Add a case',
      'Add a product',
      'Add a signal',
      'Add a reason',
      'Add a command of the plugin',
      'Add a finding of doctor',
      'Add a configuration key',
      'Add a chart value',
    ]);
  });

  it.each(recipes.map((recipe) => [recipe.split('\n')[0], recipe.split(/^## /m)[0] ?? '']))(
    '%s names files that are there',
    (_title, recipe) => {
      const paths = [...recipe.matchAll(/`([\w.-]+(?:\/[\w.-]+)+|[A-Z]+\.md)`/g)].map(([, path = '']) => path);
      const missing = paths.filter((path) => !/NAME|FAMILY/.test(path) && !existsSync(new URL(path, root)));
      expect(paths.length).toBeGreaterThan(0);
      expect(missing).toEqual([]);
    },
  );
});
