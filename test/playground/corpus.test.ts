// Every case of the corpus in the real page: what it shows is what the plugin says, to the letter.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { hashOf } from '../../src/cli/share/link.ts';
import { joined } from '../../src/cli/yaml/stream.ts';
import { oneLine } from '../../src/core/warnings.ts';
import { launch, open, settled } from '../support/browser.ts';
import { type Case, caseNames, decideCase, readCase } from '../support/cases.ts';
import { cli } from '../unit/cli/support.ts';

/** What is shown of one pod template, or what the plugin says of it. */
interface Shown {
  readonly reason: unknown;
  readonly record: unknown;
  readonly evidence: readonly { readonly path: string; readonly value: string }[];
}

interface Batch {
  readonly templates: readonly Shown[];
  /** The patches of the objects that change, in their order. */
  readonly patches: readonly string[];
}

// Fewer documents than the page lists, so that each can be chosen.
const MOST = 60;
const folder = mkdtempSync(join(tmpdir(), 'playground-cases-'));
const shown = new Map<string, Shown>();
const wanted = new Map<string, Shown>();
const patches: { page: readonly string[]; plugin: readonly string[] }[] = [];
let browser: Browser;
let faults: readonly string[] = [];

describe.skipIf(!inject('browser').available)('the page decides as the plugin does', () => {
  beforeAll(async () => {
    browser = await launch();
    const opened = await open(browser);
    faults = opened.faults;
    for (const cases of batches()) {
      const page = await shownBy(opened.page, cases);
      const plugin = await saidOf(cases);
      for (const [index, { name }] of cases.entries()) {
        const [one, other] = [page.templates[index], plugin.templates[index]];
        if (one && other) {
          shown.set(name, one);
          wanted.set(name, other);
        }
      }
      patches.push({ page: page.patches, plugin: plugin.patches });
    }
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  it.each(caseNames)('%s', (name) => {
    expect(shown.get(name)).toBeDefined();
    expect(shown.get(name)).toEqual(wanted.get(name));
  });

  it('and patches the objects in the same way', () => {
    expect(patches.flatMap(({ page }) => page).length).toBeGreaterThan(100);
    for (const { page, plugin } of patches) expect(page).toEqual(plugin);
  });

  it('and asked nobody about any of them', () => {
    expect(faults).toEqual([]);
  });
});

/** The cases with the same configuration and strategy, some at a time, as documents of one manifest. */
function batches(): Case[][] {
  const groups = new Map<string, Case[]>();
  for (const known of caseNames.map(readCase)) {
    const key = `${known.strategy} ${known.config}`;
    groups.set(key, [...(groups.get(key) ?? []), known]);
  }
  return [...groups.values()].flatMap((cases) => {
    return Array.from({ length: Math.ceil(cases.length / MOST) }, (_, at) => cases.slice(at * MOST, (at + 1) * MOST));
  });
}

// Through the address, as a link from somebody else; the tabs are read as a person sees them.
async function shownBy(page: Page, cases: readonly Case[]): Promise<Batch> {
  const { config = '', strategy = 'init-container' } = cases[0] ?? {};
  const manifest = joined(cases.map(({ input }) => input));
  const hash = await hashOf({
    manifest,
    config,
    level: strategy === 'none' ? 'restricted' : 'privileged',
    strategy,
    engine: 'webhook',
  });
  await page.evaluate((to) => {
    document.getElementById('results')?.setAttribute('aria-busy', 'true');
    document.getElementById('verdict')?.replaceChildren();
    document.getElementById('templates')?.replaceChildren();
    location.hash = to;
  }, hash);
  await settled(page);
  return page.evaluate(() => {
    const tab = (name: string) => {
      document.querySelector<HTMLElement>(`#tab-${name}`)?.click();
      return document.querySelector('#output pre')?.textContent ?? '';
    };
    const count = Math.max(1, document.querySelectorAll('#templates button').length);
    const found: string[] = [];
    const templates = Array.from({ length: count }, (_, index) => {
      document.querySelectorAll<HTMLElement>('#templates button')[index]?.click();
      const patch = tab('patch');
      if (patch !== '') found.push(patch);
      const [record] = JSON.parse(tab('record'));
      document.querySelector<HTMLElement>('#tab-why')?.click();
      const evidence = [...document.querySelectorAll<HTMLElement>('.evidence tbody tr')].map((row) => ({
        path: row.dataset.path ?? '',
        value: row.querySelector('.value')?.textContent ?? '',
      }));
      return { reason: document.querySelector<HTMLElement>('.verdict')?.dataset.reason, record, evidence };
    });
    return { templates, patches: found };
  });
}

async function saidOf(cases: readonly Case[]): Promise<Batch> {
  const { config = '', strategy = 'init-container' } = cases[0] ?? {};
  if (strategy === 'none') return { templates: cases.map(saidByCore), patches: [] };
  const [file, configFile] = [join(folder, 'cases.yaml'), join(folder, 'config.yaml')];
  writeFileSync(file, joined(cases.map(({ input }) => input)));
  writeFileSync(configFile, config);
  const args = ['-f', file, '--config', configFile, '--strategy', strategy];
  const records: { reason: string; evidence: Fact[] }[] = JSON.parse(
    (await cli(['explain', ...args, '-o', 'json'])).stdout,
  );
  const { stdout } = await cli(['preview', ...args, '-o', 'patch']);
  return {
    templates: records.map((record) => ({ reason: record.reason, record, evidence: rows(record.evidence) })),
    patches: stdout.split(/(?<=\n)/).filter((line) => line !== ''),
  };
}

// A webhook that may not patch is no strategy of the plugin, and one of the page.
function saidByCore(known: Case): Shown {
  const { reason, workload, required, value, strategy, evidence, warnings } = decideCase(known).decision;
  const record = { decision: 'skip', reason, workload, required, value, strategy, evidence, warnings, patch: [] };
  return { reason, record: expect.objectContaining(record), evidence: rows(evidence) };
}

type Fact = { readonly path: string; readonly value: unknown };

function rows(evidence: readonly Fact[]): Shown['evidence'] {
  return evidence.map(({ path, value }) => ({ path, value: oneLine(String(value)) }));
}
