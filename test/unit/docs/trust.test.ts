// The papers: what SECURITY.md, the workflows and the files around them claim is there.
import { existsSync, globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readText } from '../../support/markdown.ts';

const ROOT = new URL('../../../', import.meta.url);
const isThere = (file: string) => existsSync(new URL(file, ROOT));
const filesOf = (pattern: string) => globSync(pattern, { cwd: ROOT }).sort();

describe('the threat model', () => {
  const [section = ''] = readText('SECURITY.md').split('## Threats\n')[1]?.split(/^## /m) ?? [];
  const rows = [...section.matchAll(/^\| (?!asset|---)(.+) \|$/gm)].map(([, row = '']) => row.split(' | '));

  it('says of every threat what stops it and what shows that', () => {
    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows) {
      expect(row, row.join(' | ')).toHaveLength(5);
      expect(row[4]).toMatch(/^(?:`test\/\S+\.test\.ts`: ".+"|no test: .+)$/);
    }
  });

  it.each(
    rows.map(([, , way = '', , shown = '']) => [way, shown] as const).filter(([, shown]) => shown.startsWith('`')),
  )('%s: %s is there', (_way, shown) => {
    const [, file = '', title = ''] = /^`(.+)`: "(.+)"$/.exec(shown) ?? [];
    expect(readText(file)).toContain(title);
  });
});

describe('workflows', () => {
  const workflows = filesOf('.github/workflows/*.yml');

  it('are all there', () => {
    const names = ['ci', 'codeql', 'dependency-review', 'image-rebuild', 'release', 'scorecard'];
    expect(workflows).toEqual(names.map((name) => `.github/workflows/${name}.yml`));
  });

  it.each(workflows)('%s pins every action by digest and names its version', (file) => {
    const uses = [...readText(file).matchAll(/uses: (.+)$/gm)].map(([, action = '']) => action);
    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it.each(workflows)('%s gives no right to every job, and none that it does not name', (file) => {
    const { permissions, jobs } = parse(readText(file));
    expect(permissions).toEqual({});
    for (const job of Object.values<{ permissions?: object }>(jobs)) expect(job.permissions).toBeDefined();
  });

  it.each(workflows)('%s runs only npm scripts that are there', (file) => {
    const { scripts } = JSON.parse(readText('package.json'));
    const named = [...readText(file).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });

  it('only the release may publish, and only jobs that build nothing', () => {
    const rights = workflows.flatMap((file) => {
      const { jobs } = parse(readText(file)) as { jobs: Record<string, { permissions: Record<string, string> }> };
      return Object.entries(jobs).flatMap(([name, { permissions }]) =>
        ['contents', 'packages', 'attestations'].some((scope) => permissions[scope] === 'write')
          ? [`${file} ${name}`]
          : [],
      );
    });
    expect(rights).toEqual(['.github/workflows/release.yml publish']);
    const [, publish = ''] = readText('.github/workflows/release.yml').split(/^ {2}publish:$/m);
    expect(publish).not.toMatch(/npm ci|npm run|actions\/checkout/);
  });
});

describe('papers', () => {
  it('security-insights.yml names pages that are there', () => {
    const text = readText('security-insights.yml');
    expect(parse(text)).toMatchObject({ header: { 'schema-version': '2.0.0' }, repository: { status: 'active' } });
    const files = [...text.matchAll(/\/blob\/main\/(\S+)/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) expect(isThere(file), file).toBe(true);
  });

  it('security.txt has what RFC 9116 asks for', () => {
    const text = readText('docs/security.txt');
    expect(text).toMatch(/^Contact: https:\/\//m);
    expect(Number.isNaN(Date.parse(/^Expires: (.+)$/m.exec(text)?.[1] ?? ''))).toBe(false);
  });

  it('CODEOWNERS names paths that are there', () => {
    const paths = [...readText('.github/CODEOWNERS').matchAll(/^\/(\S+) @/gm)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(3);
    for (const path of paths) expect(isThere(path), path).toBe(true);
  });

  it.each(filesOf('.github/ISSUE_TEMPLATE/*.yml'))('%s is a form that GitHub takes', (file) => {
    const form = parse(readText(file));
    if (file.endsWith('config.yml')) expect(form.contact_links.length).toBeGreaterThan(0);
    else {
      expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
      for (const part of form.body)
        expect(part).toMatchObject({ type: expect.any(String), attributes: expect.any(Object) });
    }
  });

  it("the chart's annotations name images and pages that are there", () => {
    const { annotations, version } = parse(readText('charts/max-map-count-webhook/Chart.yaml'));
    const images: { image: string }[] = parse(annotations['artifacthub.io/images']);
    const { config } = parse(readText('charts/max-map-count-webhook/values.yaml'));
    expect(images.map(({ image }) => image)).toEqual([
      `ghcr.io/max-map-count-webhook/max-map-count-webhook:${version}`,
      config.initContainer.image,
    ]);
    const links: { url: string }[] = parse(annotations['artifacthub.io/links']);
    for (const { url } of links) expect(isThere(/\/blob\/main\/(\S+)$/.exec(url)?.[1] ?? 'nowhere'), url).toBe(true);
  });
});
