// What docs/cli.md shows under `$ kubectl max-map-count ...` is what the command prints, both streams as on a terminal.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cli } from './support.ts';

const page = new URL('../../../docs/cli.md', import.meta.url);
const PROMPT = '$ kubectl max-map-count ';

it('docs/cli.md shows what the commands print (rewrite with: npm run generate)', async () => {
  const parts = readFileSync(page, 'utf8').split(/(```console\n.*?^```)/ms);
  const shown = parts.filter((part) => part.startsWith('```console'));
  expect(shown.length).toBeGreaterThan(4);
  const rewritten = await Promise.all(parts.map((part) => (shown.includes(part) ? block(part) : part)));
  await expect(rewritten.join('')).toMatchFileSnapshot(page.pathname);
});

async function block(text: string): Promise<string> {
  const commands = text.split('\n').filter((line) => line.startsWith(PROMPT));
  const outputs = commands.map(async (line) => {
    const { terminal } = await cli(line.slice(PROMPT.length).split(' '));
    return `${line}\n${terminal}`;
  });
  return `\`\`\`console\n${(await Promise.all(outputs)).join('')}\`\`\``;
}
