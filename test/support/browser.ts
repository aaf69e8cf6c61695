import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { inject } from 'vitest';

/** What test/playground/setup.ts found. */
export interface ProvidedBrowser {
  /** False where Chromium or the built page is missing: the tests are to be skipped then. */
  readonly available: boolean;
  readonly path: string;
  /** Whether the pictures of the documents are to be taken anew (`vitest --update`). */
  readonly takesPictures: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    browser: ProvidedBrowser;
  }
}

const PAGE = new URL('../../dist/playground.html', import.meta.url);

/** Where Debian and others put Chromium; CHROMIUM names another. */
export function findChromium(): string | undefined {
  const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return [process.env.CHROMIUM ?? '', ...places].find((path) => path !== '' && existsSync(path));
}

/** Whether `npm run playground` has built the page. */
export function isBuilt(): boolean {
  return existsSync(fileURLToPath(PAGE));
}

/** The address of the built page on this disk. */
export function pageAddress(): string {
  return PAGE.href;
}

/** A browser that the test closes. */
export function launch(): Promise<Browser> {
  // Root, as in a container, may have no sandbox; the pages are our own.
  return chromium.launch({ executablePath: inject('browser').path, args: ['--no-sandbox'] });
}

/** A page, and what it did that no page of ours may: requests, errors and violations of its policy. */
export interface Watched {
  readonly page: Page;
  readonly faults: readonly string[];
}

/** Opens the playground in a context of its own, at a link's hash when one is given, and waits for the first verdict. */
export async function open(
  browser: Browser,
  { hash = '', address = pageAddress(), ...options }: BrowserContextOptions & { hash?: string; address?: string } = {},
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US', ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== address && !/^(?:blob|data):/.test(request.url())) faults.push(request.url());
  });
  page.on('websocket', (socket) => faults.push(socket.url()));
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  await page.goto(`${address}${hash}`);
  await settled(page);
  return { page, faults };
}

/** Waits until the newest question is answered in whole. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('#results[aria-busy="false"]', { timeout: 30_000 });
}
