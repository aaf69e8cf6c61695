// The parts of `npm run release`: versions, notes, archives, SBOMs and Krew's manifest.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { pack } from '../../../tools/release/archive.ts';
import { krewManifest } from '../../../tools/release/krew.ts';
import { releaseNotes } from '../../../tools/release/notes.ts';
import { programsFolder, validateSboms } from '../../../tools/release/programs.ts';
import { bundledPackages, imageComponent, sbom } from '../../../tools/release/sbom.ts';
import { agreedVersion, bump, mentions } from '../../../tools/release/versions.ts';
import { temporaryDirectory } from '../../support/certificates.ts';
import { readText } from '../../support/markdown.ts';

const directory = temporaryDirectory();
afterAll(directory.remove);
const version = agreedVersion();
const folder = await programsFolder();

describe('the version', () => {
  it('is the same everywhere', () => {
    expect(new Set(mentions().map((mention) => mention.version))).toEqual(new Set([version]));
    expect(mentions().length).toBeGreaterThan(15);
  });

  it('is asked for where another file says otherwise', () => {
    const read = (file: string) =>
      file === 'plugin.yaml' ? readText(file).replaceAll(version, '9.9.9') : readText(file);
    expect(() => agreedVersion(read)).toThrow(
      `plugin.yaml says 9.9.9, package.json says ${version}: npm run release -- --bump X.Y.Z`,
    );
    expect(() => mentions((file) => (file === 'plugin.yaml' ? '' : readText(file)))).toThrow(
      /^plugin.yaml: no version after/,
    );
  });

  it.each(['v1.2.3', '1.2', '1.2.3 ', ''])('cannot become %j', (wrong) => {
    expect(() => bump(wrong, '2030-01-01')).toThrow(/is no version such as 1\.2\.3/);
  });

  it('cannot become what it is', () => {
    expect(() => bump(version, '2030-01-01')).toThrow(`--bump: the version is ${version} already`);
  });
});

describe('release notes', () => {
  const PAGES = 'https://github.com/max-map-count-webhook/max-map-count-webhook/blob';
  const changelog =
    '# Changelog\n\n## [Unreleased]\n\n- new\n\n## [1.0.0] - 2030-01-01\n\n- [first](docs/a.md), [other](https://b)\n';
  it.each([
    ['1.0.0', { text: `- [first](${PAGES}/v1.0.0/docs/a.md), [other](https://b)\n`, isReleased: true }],
    ['1.1.0', { text: '- new\n', isReleased: false }],
  ])('of %s', (wanted, expected) => expect(releaseNotes(changelog, wanted)).toEqual(expected));

  it('of nothing are refused', () => {
    expect(() => releaseNotes('# Changelog\n', '1.0.0')).toThrow('CHANGELOG.md: nothing about 1.0.0');
    expect(() => releaseNotes('## [1.0.0]\n\n', '1.0.0')).toThrow('the section about 1.0.0 is empty');
  });
});

it.skipIf(process.platform !== 'linux')(
  'packs the same bytes from the same content, whatever its times and order',
  async () => {
    const digests = [];
    for (const [index, names] of [
      ['b', 'a'],
      ['a', 'b'],
    ].entries()) {
      const content = join(directory.path, `content-${index}`);
      mkdirSync(content);
      for (const name of names)
        writeFileSync(join(content, name), `this is ${name}`, { mode: index === 0 ? 0o600 : 0o640 });
      utimesSync(join(content, 'a'), index, index);
      const archive = await pack(content, ['a', 'b'], join(directory.path, `${index}.tar.gz`), {
        epoch: 1_000_000_000,
      });
      digests.push(createHash('sha256').update(readFileSync(archive)).digest('hex'));
    }
    expect(digests[0]).toBe(digests[1]);
  },
);

describe('an SBOM', () => {
  const locked = Object.keys(JSON.parse(readText('package-lock.json')).packages).filter((path) =>
    path.endsWith('/zod'),
  );
  const input = (bytesInOutput: number) => ({ bytesInOutput });
  const outputs = {
    'dist/server.js': {
      bytes: 1,
      imports: [],
      exports: [],
      inputs: { 'src/a.ts': input(5), [`${locked[0]}/v4/core.js`]: input(9), 'node_modules/yaml/index.js': input(0) },
    },
  };
  const product = { type: 'application', 'bom-ref': 'pkg:npm/x@1.0.0', name: 'x', version: '1.0.0' } as const;

  it('names what went into the bundle, with the digest of the lockfile, and nothing else', () => {
    const parts = bundledPackages(outputs, ['server']);
    expect(parts).toEqual([
      expect.objectContaining({
        name: 'zod',
        purl: expect.stringMatching(/^pkg:npm\/zod@\d/),
        licenses: [{ license: { id: 'MIT' } }],
      }),
    ]);
    expect(parts[0]?.hashes?.[0]?.content).toMatch(/^[0-9a-f]{128}$/);
    expect(() => bundledPackages(outputs, ['cli'])).toThrow('esbuild made no dist/cli.js');
  });

  it('is the same for the same product, and another for another', () => {
    const [one, same, other] = [sbom(product, [], 1), sbom(product, [], 1), sbom(product, [], 2)];
    expect(same).toBe(one);
    expect(JSON.parse(other).serialNumber).not.toBe(JSON.parse(one).serialNumber);
  });

  it.each([
    ['docker.io/library/busybox:1.37.0@sha256:00', 'docker.io/library/busybox', 'sha256:00'],
    ['registry.example:5000/team/image', 'registry.example:5000/team/image', 'latest'],
    ['ghcr.io/a/b:1.2.3', 'ghcr.io/a/b', '1.2.3'],
  ])('takes %s apart', (reference, name, tag) => {
    expect(imageComponent(reference)).toMatchObject({ name, version: tag, type: 'container' });
  });

  // `npm run release` fetches it, and .ci/run before the tests.
  const hasSchema = existsSync(folder) || process.env.CI === 'true';
  it.skipIf(!hasSchema)('keeps to the schema of CycloneDX 1.6, which npm run release fetches', async () => {
    const file = join(directory.path, 'x.cdx.json');
    writeFileSync(file, sbom(product, [...bundledPackages(outputs, ['server']), imageComponent('a/b:1')], 1));
    await validateSboms([file]);
    writeFileSync(file, sbom({ ...product, type: 'nothing' as 'data' }, [], 1));
    await expect(validateSboms([file])).rejects.toThrow('/metadata/component/type');
  });
});

it("makes Krew's manifest of the archives, with their checksums", () => {
  const archive = { os: 'linux', arch: 'arm64', file: 'a.tar.gz', sha256: 'ab', bin: 'kubectl-max_map_count' };
  const manifest = krewManifest(readText('plugin.yaml'), '1.2.3', [archive]);
  expect(parse(manifest)).toMatchObject({
    kind: 'Plugin',
    metadata: { name: 'max-map-count' },
    spec: {
      version: 'v1.2.3',
      platforms: [
        {
          selector: { matchLabels: { os: 'linux', arch: 'arm64' } },
          uri: expect.stringMatching(/\/releases\/download\/v1\.2\.3\/a\.tar\.gz$/),
          sha256: 'ab',
          bin: 'kubectl-max_map_count',
        },
      ],
    },
  });
  expect(manifest).not.toContain('0000000000');
});
