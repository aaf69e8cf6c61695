// `npm run playground`: dist/playground.html, one page that needs nothing else.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { page } from './page.ts';

// Loaded over slow lines and passed on by mail: with a server's gzip the page is no larger than one photograph.
const MOST_KB = 420;

const root = new URL('../../', import.meta.url);
const { version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { version: string };
const html = await page(version);
const kilobytes = Math.ceil(gzipSync(html).length / 1000);
await mkdir(new URL('dist/', root), { recursive: true });
await writeFile(new URL('dist/playground.html', root), html);
console.log(`dist/playground.html: ${Math.ceil(Buffer.byteLength(html) / 1000)} kB, ${kilobytes} kB compressed`);
if (kilobytes > MOST_KB) {
  console.error(
    `dist/playground.html has ${kilobytes} kB compressed; its budget is ${MOST_KB} kB (tools/playground/main.ts)`,
  );
  process.exitCode = 1;
}
