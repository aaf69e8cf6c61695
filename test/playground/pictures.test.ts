// The pictures of the documents: `npx vitest run --project playground --update test/playground/pictures.test.ts` takes them
// anew. Every run takes them somewhere else, so that what they show is there.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launch, open, settled } from '../support/browser.ts';

const committed = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'playground-pictures-'));
const { available, takesPictures } = inject('browser');
let browser: Browser;

const PICTURES = [
  ['elk', 'article', 'injected'],
  ['affinity', 'affinity-added', 'affinity-added'],
].flatMap(([name = '', example = '', reason = '']) =>
  (['light', 'dark'] as const).flatMap((scheme) =>
    [1280, 390].map((width) => ({ name: `playground-${name}-${width}-${scheme}.png`, example, reason, scheme, width })),
  ),
);

describe.skipIf(!available)('a picture', () => {
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  it.each(PICTURES)('$name', async ({ name, example, reason, scheme, width }) => {
    const viewport = { width, height: width < 640 ? 844 : 860 };
    const { page, faults } = await open(browser, { viewport, colorScheme: scheme });
    await page.selectOption('#example', example);
    await page.waitForTimeout(200);
    await settled(page);
    expect(await page.locator('.verdict').getAttribute('data-reason')).toBe(reason);
    await page.evaluate(() => document.fonts.ready);
    const path = join(takesPictures ? committed : folder, name);
    await page.screenshot({ path, fullPage: width < 640, caret: 'hide', animations: 'disabled' });
    await page.context().close();
    expect(faults).toEqual([]);
    expect(sizeOf(join(committed, name)).width).toBe(width);
    expect(sizeOf(path)).toEqual({ width, height: expect.any(Number) });
  });
});

// The header of a PNG: its signature, then the chunk that has width and height (RFC 2083, 11.2.1).
function sizeOf(path: string): { width: number; height: number } {
  const bytes = readFileSync(path);
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}
