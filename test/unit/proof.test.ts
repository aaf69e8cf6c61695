import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderProof } from '../../e2e/proof.ts';
import { versionOf } from '../../tools/programs/versions.ts';
import { headingsOf, readText } from '../support/markdown.ts';

const proof = readText('docs/proof.md');
const titlesIn = (text: string) =>
  headingsOf(text)
    .filter(({ level }) => level === 2)
    .map(({ title }) => title);

describe('docs/proof.md (rewrite with: npm run e2e)', () => {
  it('has the steps of the scenario', () => {
    const sources = globSync('e2e/scenario/steps/*.ts').map(readText);
    const titles = sources.map((source) => /\bstep\('([^']+)'/.exec(source)?.[1]);
    expect(titles.length).toBeGreaterThan(0);
    expect(titlesIn(proof).sort()).toEqual(titles.sort());
  });

  it('was played with the versions of this repository', async () => {
    expect(proof).toContain(`| Kubernetes | ${versionOf('kubernetes')} |`);
    expect(proof).toContain(`| helm | ${versionOf('helm')} |`);
  });

  it('names no path of the machine that it was played on', () => {
    expect(proof).not.toMatch(/\/(?:tmp|root|home)\//);
  });
});

describe('a proof', () => {
  it('shows each command with what it printed, and lines that fit', () => {
    const commands = [
      { command: 'sysctl vm.max_map_count', output: 'vm.max_map_count = 65530' },
      { command: 'true', output: '' },
    ];
    const steps = [{ title: 'One', text: 'word '.repeat(60).trim(), commands }];
    const page = renderProof({ date: '2026-01-02', versions: { Linux: '6.1' }, steps });
    expect(page).toContain('as `npm run e2e` saw it on 2026-01-02.');
    expect(page).toContain('| Linux | 6.1 |\n');
    expect(page).toContain('\n## One\n\nword word');
    expect(page).toContain('\n```console\n$ sysctl vm.max_map_count\nvm.max_map_count = 65530\n$ true\n```\n');
    for (const line of page.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});
