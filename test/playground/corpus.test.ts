// Every case of the corpus in the real page: what it shows is what the plugin says, to the letter.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { hashOf } from '../../src/cli/share/link.ts';
import type { Level } from '../../src/cli/share/shared.ts';
import { launch, open, settled } from '../support/browser.ts';
import { type Case, caseNames, decideCase, readCase } from '../support/cases.ts';
import { cli } from '../unit/cli/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'playground-cases-'));
let browser: Browser;
let page: Page;
let faults: readonly string[] = [];

describe.skipIf(!inject('browser').available)('the page decides as the plugin does', () => {
  beforeAll(async () => {
    browser = await launch();
    ({ page, faults } = await open(browser));
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  it.each(caseNames)('%s', async (name) => {
    const known = readCase(name);
    expect(await shownBy(page, known)).toEqual(await wanted(known));
  });

  it('and asked nobody about any of them', () => {
    expect(faults).toEqual([]);
  });
});

interface Shown {
  readonly decision: string | undefined;
  readonly reason: string | undefined;
  readonly record: unknown;
  readonly evidence: readonly { readonly path: string; readonly value: string }[];
  readonly patch: unknown;
}

// Through the address, as a link from somebody else; the tabs are read as a person sees them.
async function shownBy(page: Page, { input, config, strategy }: Case): Promise<Shown> {
  const level: Level = strategy === 'none' ? 'restricted' : 'privileged';
  const hash = await hashOf({ manifest: input, config, level, strategy });
  await page.evaluate((to) => {
    document.getElementById('results')?.setAttribute('aria-busy', 'true');
    document.getElementById('verdict')?.replaceChildren();
    location.hash = to;
  }, hash);
  await settled(page);
  return page.evaluate(() => {
    const tab = (name: string) => {
      document.querySelector<HTMLElement>(`#tab-${name}`)?.click();
      return document.querySelector('#output pre')?.textContent ?? '';
    };
    const record = JSON.parse(tab('record'));
    const patch = tab('patch');
    document.querySelector<HTMLElement>('#tab-why')?.click();
    const verdict = document.querySelector<HTMLElement>('.verdict');
    return {
      decision: verdict?.dataset.decision,
      reason: verdict?.dataset.reason,
      record,
      evidence: [...document.querySelectorAll<HTMLElement>('.evidence tbody tr')].map((row) => ({
        path: row.dataset.path ?? '',
        value: row.querySelector('.value')?.textContent ?? '',
      })),
      patch: patch === '' ? [] : JSON.parse(patch),
    };
  });
}

async function wanted(known: Case): Promise<Shown> {
  const { input, config, strategy } = known;
  if (strategy === 'none') return wantedOfCore(known);
  const [file, configFile] = [join(folder, 'case.yaml'), join(folder, 'config.yaml')];
  writeFileSync(file, input);
  writeFileSync(configFile, config);
  const args = ['-f', file, '--config', configFile, '--strategy', strategy];
  const record = JSON.parse((await cli(['explain', ...args, '-o', 'json'])).stdout);
  const patch = (await cli(['preview', ...args, '-o', 'patch'])).stdout;
  const [{ decision, reason, evidence }] = record;
  return { decision, reason, record, evidence: rows(evidence), patch: patch === '' ? [] : JSON.parse(patch) };
}

// A webhook that may not patch is no strategy of the plugin, and one of the page.
function wantedOfCore(known: Case): Shown {
  const { decision } = decideCase(known);
  const { reason, workload, required, value, strategy, evidence, warnings } = decision;
  const record = { decision: decision.decision, reason, workload, required, value, strategy, evidence, warnings };
  return {
    decision: decision.decision,
    reason,
    record: [expect.objectContaining({ ...record, patch: [] })],
    evidence: rows(evidence),
    patch: [],
  };
}

function rows(evidence: readonly { path: string; value: unknown }[]): Shown['evidence'] {
  return evidence.map(({ path, value }) => ({ path, value: String(value) }));
}
