import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';
import { evaluate } from '../../src/core/evaluate.ts';
import { REASONS } from '../../src/core/reasons.ts';
import { SIGNALS } from '../../src/core/signals.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { REFUSALS } from '../../src/server/refusals.ts';
import { generatedChart } from '../../tools/generate/chart.ts';
import { generatedDocs, PARTS } from '../../tools/generate/docs.ts';
import { policyRecipes } from '../../tools/generate/policy-recipes.ts';
import { settingsOf } from '../support/cases.ts';
import { brokenLinks, codeBlocks, firstColumn, headingsOf, markdownFiles, readText } from '../support/markdown.ts';

const documents = new Map(markdownFiles.map((file) => [file, readText(file)]));
const everything = [...documents.values()].join('\n');
const metricNames = createMetrics('any')
  .registry.getMetricsAsArray()
  .map(({ name }) => name)
  .filter((name) => name.startsWith('max_map_count_webhook_'));

function namesIn(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([name]) => name))];
}

describe('generated parts', () => {
  it.each([...generatedDocs(), ...generatedChart(), ...policyRecipes()])(
    'of $file are up to date (rewrite with: npm run generate)',
    ({ file, text }) => {
      expect(readText(file)).toBe(text);
    },
  );

  it('are all shown somewhere, and every marker is one of them', () => {
    const shown = namesIn(everything, /(?<=<!-- generated:)\S+(?= -->)/g);
    expect(shown.sort()).toEqual(Object.keys(PARTS).sort());
    for (const text of documents.values()) {
      expect(text.match(/<!-- generated:/g)?.length).toBe(text.match(/<!-- \/generated -->/g)?.length);
    }
  });
});

describe('the reference names what the code has, and nothing else', () => {
  it.each([
    ['reason codes', 'docs/reference/reasons.md', 'reasons', Object.keys(REASONS)],
    ['signals', 'docs/detection.md', 'signals', Object.keys(SIGNALS)],
    ['metrics', 'docs/reference/metrics.md', 'metrics', metricNames],
    ['refusals', 'docs/reference/metrics.md', 'refusals', Object.keys(REFUSALS)],
  ])('%s', (_what, file, part, names) => {
    expect(firstColumn(readText(file), part).sort()).toEqual([...names].sort());
  });

  it('metrics mentioned in any document', () => {
    for (const name of namesIn(everything, /max_map_count_webhook_\w+/g)) expect(metricNames).toContain(name);
  });

  it('reason codes and signals in the prose on how a pod is decided', () => {
    const prose = readText('docs/detection.md').replace(/<!-- generated[\s\S]*?<!-- \/generated -->/g, '');
    const known = [...Object.keys(REASONS), ...Object.keys(SIGNALS)];
    const named = namesIn(prose, /(?<=\(`)[a-z]+(?:-[a-z]+)*(?=`\))/g);
    expect(named.length).toBeGreaterThan(10);
    for (const name of named) expect(known).toContain(name);
  });
});

describe('commands', () => {
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };

  it('npm scripts that a document names are there', () => {
    // The contract may be ahead of the code: contract.test.ts sees to it.
    const others = markdownFiles.filter((file) => file !== 'docs/reference/contract.md').map(readText);
    const named = namesIn(others.join('\n'), /(?<=npm run )[a-z0-9-]+/g);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });

  it.each(['README.md', 'README.zh-CN.md'])('chart values that %s sets are there', (file) => {
    const values: unknown = parse(readText('charts/max-map-count-webhook/values.yaml'));
    const set = namesIn(readText(file), /(?<=--set '?)[\w.]+(?==)/g);
    expect(set.length).toBeGreaterThan(0);
    for (const path of set) expect(values).toHaveProperty(path);
  });
});

describe('links', () => {
  it.each(markdownFiles)('of %s lead somewhere', (file) => {
    expect(brokenLinks(file)).toEqual([]);
  });

  it('the list of decisions names every one', () => {
    const index = readText('docs/adr/README.md');
    const files = globSync('[0-9]*.md', { cwd: new URL('../../docs/adr/', import.meta.url) });
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(index).toContain(`](${file})`);
  });
});

describe('the Chinese README', () => {
  const [english, chinese] = [readText('README.md'), readText('README.zh-CN.md')];

  it('has the same headings, commands and links, one for one', () => {
    const levels = (text: string) => headingsOf(text).map(({ level }) => level);
    expect(levels(chinese)).toEqual(levels(english));
    expect(codeBlocks(chinese, 'sh')).toEqual(codeBlocks(english, 'sh'));
    expect(codeBlocks(chinese, 'text')).toEqual(codeBlocks(english, 'text'));
    const linksIn = (text: string) => [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
    const others = (text: string) => [...new Set(linksIn(text))].filter((link) => !link?.startsWith('README')).sort();
    expect(others(chinese)).toEqual(others(english));
    const listed = (text: string) => linksIn(text.split(/^## (?:Documents|文档)$/m)[1] ?? '');
    expect(listed(english).length).toBeGreaterThan(10);
    expect(listed(chinese)).toEqual(listed(english));
    expect(chinese).toContain('](README.md)');
    expect(english).toContain('](README.zh-CN.md)');
  });
});

describe('examples', () => {
  it.each(codeBlocks(readText('docs/reference/configuration.md'), 'yaml'))('configuration %#', (text) => {
    expect(parseConfig(text, 'example.yaml')).toMatchObject({ ok: true });
  });

  const settings = settingsOf(readText('examples/workloads-extra.yaml'));
  const rows = settings.catalogue.rows.filter(({ name }) =>
    readText('examples/workloads-extra.yaml').includes(`name: ${name}\n`),
  );
  const images = rows.flatMap(({ name, images, required }) => images.map((image) => ({ name, image, required })));

  it('workloads-extra.yaml has a documented number in every row', () => {
    expect(rows.length).toBeGreaterThan(5);
    for (const { source } of rows) expect(source).toMatch(/^https:\/\//);
  });

  it.each(images)('workloads-extra.yaml: $image is patched for $name', ({ name, image, required }) => {
    const pod = { spec: { containers: [{ name: 'main', image: image.replaceAll('*', '4.5') }] } };
    const decision = evaluate(pod, { strategy: 'init-container' }, settings);
    expect(decision).toMatchObject({ decision: 'patch', workload: name, value: required });
  });

  it('workloads-extra.yaml: a broker of Strimzi is patched, its exporter of the same image is not', () => {
    const containers = [{ name: 'kafka', image: 'quay.io/strimzi/kafka:0.49.0-kafka-4.1.0' }];
    const podWith = (labels: Record<string, string>) =>
      evaluate({ metadata: { labels }, spec: { containers } }, { strategy: 'init-container' }, settings);
    const broker = podWith({ 'strimzi.io/kind': 'Kafka', 'strimzi.io/broker-role': 'true' });
    expect(broker).toMatchObject({ decision: 'patch', workload: 'kafka-broker', value: 262_144 });
    expect(podWith({ 'strimzi.io/kind': 'Kafka', 'strimzi.io/broker-role': 'false' }).decision).toBe('skip');
  });
});
