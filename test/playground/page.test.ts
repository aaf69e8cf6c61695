// The page as people meet it: links, mistakes, size, hostility, languages, colours, keyboard, screen readers, and silence.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { decide } from '../../playground/decide.ts';
import { hashOf, PLAYGROUND, sharedIn } from '../../src/cli/share/link.ts';
import { HOSTILE_BODIES } from '../server/hostile.ts';
import { launch, open, pageAddress, settled, type Watched } from '../support/browser.ts';
import { type Case, caseNames, readCase } from '../support/cases.ts';
import { readText } from '../support/markdown.ts';
import { cli } from '../unit/cli/support.ts';

const ELK = readText('examples/elk.yaml');
// Of the largest ones one of a kind: each takes the worker to its limit of ten seconds.
const SAME_KIND = /^4 MiB of (?:empty lists|small lists|nested objects)|wide characters$/;
const HOSTILE = Object.entries(HOSTILE_BODIES).filter(([name]) => !SAME_KIND.test(name));
const folder = mkdtempSync(join(tmpdir(), 'playground-page-'));
let browser: Browser;
let opened: Watched[] = [];

const visit = async (options?: Parameters<typeof open>[1]): Promise<Page> => {
  const watched = await open(browser, options);
  opened.push(watched);
  return watched.page;
};
const hashFor = (manifest: string, config = '') => {
  return hashOf({ manifest, config, level: 'privileged', strategy: 'init-container', engine: 'webhook' });
};
const type = async (page: Page, text: string) => {
  await page.locator('#manifest .cm-content').fill(text);
  await page.waitForTimeout(150);
  await settled(page);
};

describe.skipIf(!inject('browser').available)('the playground', () => {
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });
  // Whatever a test does: no request leaves the page, and nothing breaks its policy or its script.
  afterEach(async () => {
    const faults = opened.flatMap((each) => each.faults);
    for (const { page } of opened) await page.context().close();
    opened = [];
    expect(faults).toEqual([]);
  });

  it('shows the article’s deployment first, from disk', async () => {
    const page = await visit();
    expect(pageAddress()).toMatch(/^file:/);
    expect(await page.locator('.verdict').getAttribute('data-reason')).toBe('injected');
    expect(await page.locator('.sentence').textContent()).toContain('needs vm.max_map_count of at least 262144');
    expect(await page.locator('#status').textContent()).toContain('2 pod templates: 1 would be patched');
    expect(await page.locator('#tab-why').getAttribute('aria-selected')).toBe('true');
    expect(await page.title()).toBe('Deployment elk-deployment: Would be patched · max-map-count playground');
  });

  it('decides while somebody types, in the time of a keystroke', async () => {
    const page = await visit();
    await type(page, 'kind: Pod\nspec:\n  containers:\n  - name: a\n    image: opensearchproject/opensearch:2.17.1\n');
    expect(await page.locator('.verdict').getAttribute('data-reason')).toBe('injected');
    const times = await page.evaluate(async () => {
      const source = document.getElementById('worker')?.textContent ?? '';
      const manifest = JSON.parse(document.getElementById('examples')?.textContent ?? '[]')[0];
      const worker = new Worker(URL.createObjectURL(new Blob([source])));
      const took: number[] = [];
      for (let id = 0; id < 12; id += 1) {
        const began = performance.now();
        worker.postMessage({ id, what: 'decide', question: manifest });
        await new Promise<void>((resolve) => {
          worker.onmessage = ({ data }) => data.what === 'answered' && resolve();
        });
        took.push(performance.now() - began);
      }
      return took.slice(2).sort((a, b) => a - b);
    });
    // The quickest of ten, because others use this machine too; one that is slow every time fails.
    expect(times[0]).toBeLessThan(50);
  });

  it('says where broken YAML is broken, and goes there', async () => {
    const page = await visit();
    await type(page, 'kind: Pod\nspec:\n  containers: [a\n');
    const problem = page.locator('.problems.bad li').first();
    expect(await problem.textContent()).toMatch(/^line 4, column 1 /);
    expect(await page.locator('.cm-gutter-lint .cm-lint-marker-error').count()).toBe(1);
    await problem.locator('button').click();
    expect(await page.evaluate(() => document.activeElement?.classList.contains('cm-content'))).toBe(true);
    expect(await page.locator('.cm-activeLineGutter').first().textContent()).toBe('4');
  });

  it('refuses a broken configuration with its place, on its own tab', async () => {
    const page = await visit({ hash: await hashFor(ELK, 'modes: a\n') });
    expect(await page.locator('.problems.bad').textContent()).toContain('modes: unknown key; did you mean mode?');
    expect(await page.locator('.verdict').count()).toBe(0);
    await page.getByRole('tab', { name: 'Configuration' }).click();
    await page.locator('#config .cm-content').fill('mode: observe\n');
    await page.waitForTimeout(150);
    await settled(page);
    expect(await page.locator('.verdict').getAttribute('data-reason')).toBe('observe-mode');
  });

  it('shows the lines that a fact speaks of', async () => {
    const page = await visit();
    expect(await page.locator('.cm-line.fact').allTextContents()).toContain('          image: sebp/elk');
    await page.locator('.evidence tr', { hasText: 'sebp/elk' }).first().hover();
    expect(await page.locator('.cm-line.fact.strong').allTextContents()).toEqual(['          image: sebp/elk']);
  });

  it('gives a namespace what its Pod Security level allows', async () => {
    const page = await visit();
    await page.selectOption('#level', 'restricted');
    await page.waitForTimeout(50);
    await settled(page);
    expect(await page.locator('.verdict').getAttribute('data-reason')).toBe('namespace-restricted');
    expect(await page.locator('#strategy option').allTextContents()).toEqual([
      'nothing, only a warning',
      'node affinity',
    ]);
    await page.selectOption('#strategy', 'node-affinity');
    await page.waitForTimeout(50);
    await settled(page);
    expect(await page.locator('.verdict').getAttribute('data-reason')).toBe('affinity-added');
  });

  it('shows what an installation with the configuration gives the API server', async () => {
    const config = 'disabledWorkloads: [sonarqube]\n';
    const page = await visit({ hash: await hashFor(ELK, config) });
    await page.locator('#tab-conditions').click();
    expect(await page.locator('#output pre').textContent()).toBe(await rendered('match-conditions', config));
    await page.locator('#tab-policy').click();
    expect(await page.locator('#output pre').textContent()).toBe(await rendered('admission-policy', config));
    expect(await page.locator('.command code').textContent()).toContain('render admission-policy --config config.yaml');
  });

  it('decides as the policy does, where that is the engine', async () => {
    const page = await visit();
    await page.selectOption('#engine', 'admissionPolicy');
    await page.waitForTimeout(50);
    await settled(page);
    expect(await page.locator('.verdict').getAttribute('data-decision')).toBe('patch');
    const link = await hashOf({ ...(await leftByPolicy()), level: 'privileged', engine: 'admissionPolicy' });
    const left = await visit({ hash: link });
    expect(await left.locator('.verdict').getAttribute('data-decision')).toBe('left');
    expect(await left.locator('.sentence').textContent()).toContain('leaves this pod alone');
    await left.locator('#tab-diff').click();
    expect(await left.locator('#output .none').textContent()).toBe('Nothing changes.');
  });

  it('takes a link back that it made, with values hidden unless somebody wants them', async () => {
    const manifest = ELK.replace('image: sebp/elk', 'image: sebp/elk\n          env: [{name: A, value: s3cret}]');
    const page = await visit({ hash: await hashFor(manifest, 'level: recommended\n') });
    await page.getByRole('button', { name: 'Share' }).click();
    await page.waitForSelector('dialog[open]');
    const link = async () => (await page.locator('#link').inputValue()).split('#')[1] ?? '';
    const hidden = await sharedIn(await link());
    expect(hidden?.manifest).toBe(manifest.replace('s3cret', 'REDACTED'));
    await page.locator('#hide-values').uncheck();
    await expect.poll(async () => (await sharedIn(await link()))?.manifest).toBe(manifest);
    const again = await visit({ hash: `#${await link()}` });
    expect(await again.locator('.verdict').getAttribute('data-reason')).toBe('injected');
    expect(await again.locator('#manifest .cm-content').textContent()).toContain('s3cret');
  });

  it('shows what `explain --link` printed', async () => {
    const { stdout } = await cli(['explain', '-f', 'examples/elk.yaml', '--link', '--strategy', 'node-affinity']);
    const page = await visit({ hash: stdout.trim().slice(PLAYGROUND.length) });
    expect(await page.locator('#strategy').inputValue()).toBe('node-affinity');
    expect(await page.locator('.verdict').getAttribute('data-reason')).toBe('affinity-added');
  });

  it('says that a link was cut, and shows the first example', async () => {
    const page = await visit({ hash: (await hashFor(ELK)).slice(0, 60) });
    expect(await page.getByRole('alert').textContent()).toContain('damaged');
    expect(await page.locator('.verdict').getAttribute('data-reason')).toBe('injected');
  });

  it('stays quick with a megabyte of manifests', async () => {
    const count = Math.ceil(1_000_000 / (ELK.length + 4));
    const manifest = Array.from({ length: count }, () => ELK).join('---\n');
    expect(manifest.length).toBeGreaterThan(1_000_000);
    const page = await visit();
    const hash = await hashFor(manifest);
    const started = performance.now();
    await page.evaluate((to) => {
      document.getElementById('results')?.setAttribute('aria-busy', 'true');
      location.hash = to;
    }, hash);
    await settled(page);
    const whole = performance.now() - started;
    expect(await page.locator('#status').textContent()).toContain(
      `${2 * count} pod templates: ${count} would be patched`,
    );
    expect(await pauseWhile(page, () => page.locator('.templates button').nth(150).click())).toBeLessThan(
      Math.max(1000, whole / 2),
    );
  });

  it.each(HOSTILE)('stays responsive with %s', async (_what, make) => {
    const page = await visit();
    const hash = await hashFor(podIn(make()));
    const started = performance.now();
    const pause = await pauseWhile(page, async () => {
      await page.evaluate((to) => {
        document.getElementById('results')?.setAttribute('aria-busy', 'true');
        document.getElementById('verdict')?.replaceChildren();
        location.hash = to;
      }, hash);
      await settled(page);
    });
    // A page that is frozen meanwhile is so for the whole time; on a busy machine all of it takes longer.
    expect(pause).toBeLessThan(Math.max(2000, (performance.now() - started) / 2));
    const outcome = await page.locator('#status').textContent();
    expect(outcome).toMatch(/^1 pod template: |^kubectl would refuse this|took longer than 10 seconds/);
  });

  it('ends a worker that takes too long, says so, and decides on the next manifest as ever', async () => {
    const page = await visit();
    // A worker that never answers stands for a fault that nobody knows yet.
    await page.evaluate(() => {
      const real = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function hang() {
        Worker.prototype.postMessage = real;
      };
    });
    await page.locator('#manifest .cm-content').fill('kind: Pod\n');
    await page.waitForFunction(() => document.getElementById('status')?.textContent?.includes('took longer'));
    expect(await page.locator('#status').textContent()).toContain('took longer than 10 seconds');
    await type(page, ELK);
    expect(await page.locator('.verdict').getAttribute('data-reason')).toBe('injected');
  });

  it('speaks Chinese to those whose browser does, and switches', async () => {
    const page = await visit({ locale: 'zh-CN' });
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(await page.locator('.verdict h2').textContent()).toBe('会修改');
    expect(await page.locator('.sentence').textContent()).toContain('需要 vm.max_map_count 至少为 262144');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('.verdict h2').textContent()).toBe('Would be patched');
    await page.reload();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
  });

  it('is dark where the system is, and where somebody wants it', async () => {
    const ground = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await visit({ colorScheme: 'dark' });
    const light = await visit({ colorScheme: 'light' });
    expect(await ground(dark)).toBe('rgb(13, 16, 20)');
    expect(await ground(light)).toBe('rgb(244, 245, 247)');
    await light.locator('#theme').click();
    expect(await light.locator('#theme').getAttribute('aria-label')).toBe('Colours: light');
    await light.locator('#theme').click();
    expect(await ground(light)).toBe('rgb(13, 16, 20)');
  });

  it('is at home on a web server, too', async () => {
    const server = await serve(readFileSync(new URL(pageAddress())));
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/playground.html`;
      const page = await visit({ address });
      expect(await page.locator('.verdict').getAttribute('data-reason')).toBe('injected');
    } finally {
      server.close();
    }
  });

  it('cannot send anything: its policy stops whoever tries', async () => {
    let heard = 0;
    const server = await serve(Buffer.from(''), () => {
      heard += 1;
    });
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { page } = await open(browser);
    const outcome = await page.evaluate(async (to) => {
      const violations: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
      const source = `fetch('${to}').then(() => postMessage('sent'), () => postMessage('stopped'))`;
      const fromWorker = new Promise((resolve) => {
        new Worker(URL.createObjectURL(new Blob([source]))).onmessage = ({ data }) => resolve(data);
      });
      const fromPage = fetch(to).then(
        () => 'sent',
        () => 'stopped',
      );
      new Image().src = `${to}a.png`;
      navigator.sendBeacon(to, 'x');
      document.body.append(Object.assign(document.createElement('iframe'), { src: to }));
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { worker: await fromWorker, page: await fromPage, violations };
    }, target);
    await page.context().close();
    server.close();
    expect(outcome).toMatchObject({ worker: 'stopped', page: 'stopped' });
    expect(outcome.violations).toEqual(expect.arrayContaining(['connect-src', 'img-src', 'frame-src']));
    expect(heard).toBe(0);
  });

  it.each([
    ['light', 1280, 'en-US'],
    ['dark', 1280, 'en-US'],
    ['light', 390, 'zh-CN'],
    ['dark', 390, 'en-US'],
  ] as const)('has nothing that axe objects to: %s, %i pixels, %s', async (colorScheme, width, locale) => {
    const page = await visit({ colorScheme, locale, viewport: { width, height: 844 } });
    for (const tab of ['why', 'diff', 'yaml', 'record']) {
      await page.locator(`#tab-${tab}`).click();
      expect(await violationsOf(page), tab).toEqual([]);
    }
    await page.locator('#share').click();
    await page.waitForSelector('dialog[open]');
    expect(await violationsOf(page), 'share').toEqual([]);
    await page.keyboard.press('Escape');
    await type(page, 'kind: [Pod\n');
    expect(await violationsOf(page), 'problems').toEqual([]);
  });

  it('can be used with the keyboard alone', async () => {
    const page = await visit();
    await page.locator('#manifest .cm-content').focus();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('.cm-editor'))).toBeNull();
    await page.locator('#tab-why').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('tab-diff');
    expect(await page.locator('#output pre').textContent()).toContain('+');
    await page.keyboard.press('End');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe(
      await page.evaluate(() => document.querySelector('#tabs button:last-child')?.id),
    );
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('results');
  });

  it('fits a phone: nothing is wider than the page', async () => {
    const page = await visit({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    for (const tab of ['why', 'diff', 'yaml', 'pod']) {
      await page.locator(`#tab-${tab}`).click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), tab).toBeLessThanOrEqual(390);
    }
  });

  it('prints the whole manifest and every verdict, in dark ink on white', async () => {
    const page = await visit({ colorScheme: 'dark' });
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print' });
    const text = await page.locator('#print').innerText();
    expect(text).toContain('Would be patched');
    expect(text).toContain('Left alone');
    expect(text).toContain('name: nginx-deployment');
    expect(await page.locator('main').isVisible()).toBe(false);
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).color)).toBe('rgb(22, 26, 33)');
    expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
  });
});

/** What `render` prints for a configuration. */
async function rendered(what: string, config: string): Promise<string> {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, config);
  return (await cli(['render', what, '--config', file])).stdout;
}

/** A case of the corpus that the webhook patches and the policy, which sees less, leaves alone. */
async function leftByPolicy(): Promise<Pick<Case, 'config' | 'strategy'> & { manifest: string }> {
  for (const { input, config, strategy } of caseNames.map(readCase)) {
    const { decided } = decide({
      ...{ manifest: input, config, strategy },
      level: 'privileged',
      engine: 'admissionPolicy',
    });
    const some = decided?.objects.flatMap(({ decisions }) => decisions) ?? [];
    if (some.some(({ isLeft }) => isLeft)) return { manifest: input, config, strategy };
  }
  throw new Error('the policy decides as the webhook does in every case');
}

// What the server's tests send, as the author of the pod would write it. Its nesting is too deep for a JSON.parse.
function podIn(review: string): string {
  const from = review.indexOf('"object":') + '"object":'.length;
  return review.slice(from, review.lastIndexOf(',"oldObject"')).replace('{', '{"apiVersion":"v1","kind":"Pod",');
}

/** The longest time that the page did not draw, in milliseconds, while something went on. */
async function pauseWhile(page: Page, action: () => Promise<unknown>): Promise<number> {
  await page.evaluate(() => {
    let [last, longest] = [performance.now(), 0];
    const tick = () => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
      document.documentElement.dataset.pause = String(longest);
      setTimeout(tick, 5);
    };
    tick();
  });
  await action();
  return Number(await page.locator('html').getAttribute('data-pause'));
}

/** What axe finds, by rule and element. */
async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  });
}

function serve(body: Buffer, hear = () => {}): Promise<Server> {
  const server = createServer((_, response) => {
    hear();
    response.setHeader('content-type', 'text/html').end(body);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
