import { access, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const linesOf = async (file: string) => (await readFile(`${root}${file}`, 'utf8')).split('\n');
const dockerfile = await linesOf('Dockerfile');
const instructions = (name: string) =>
  dockerfile.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

describe('the Dockerfile', () => {
  const sources = instructions('COPY')
    .filter((copy) => !copy.startsWith('--from='))
    .flatMap((copy) => copy.split(' ').slice(0, -1));

  it.each(sources)('copies %s, which is there and which .dockerignore lets through', async (source) => {
    await expect(access(`${root}${source}`)).resolves.toBeUndefined();
    expect(await linesOf('.dockerignore')).toContain(`!${source.replace(/\/$/, '')}`);
  });

  it('copies the program that `npm run build` runs', async () => {
    const { scripts } = JSON.parse((await linesOf('package.json')).join('\n')) as { scripts: { build: string } };
    expect(scripts.build.split(' ').at(-1)).toSatisfy((program: string) => sources.includes(program));
    expect(instructions('RUN')).toEqual(['npm ci', 'npm run build']);
  });

  it('leaves nothing but the bundles in an image pinned by digest, run by a numeric user', () => {
    expect(instructions('COPY').filter((copy) => copy.startsWith('--from='))).toEqual([
      '--from=build --chmod=0444 /build/dist/*.js /app/',
    ]);
    expect(instructions('FROM').at(-1)).toMatch(/^gcr\.io\/distroless\/nodejs24-debian13:nonroot@sha256:[0-9a-f]{64}$/);
    expect(instructions('USER')).toEqual(['65532:65532']);
    expect(instructions('ENTRYPOINT')).toEqual([
      '["/nodejs/bin/node", "--max-old-space-size-percentage=45", "/app/server.js"]',
    ]);
  });
});
