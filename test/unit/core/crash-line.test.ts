import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtInWorkloads } from '../../../src/core/catalogue.ts';
import { crashLineIn } from '../../../src/core/crash-line.ts';
import { workloadSchema } from '../../../src/core/workload.ts';

const TOO_LOW = 'max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]';
const found = (log: string) => crashLineIn(log, builtInWorkloads);

describe('the line of a crash', () => {
  it.each([
    [
      'Elasticsearch',
      `ERROR: [1] bootstrap checks failed\n[1]: ${TOO_LOW}\nERROR: did not exit normally`,
      'elasticsearch',
    ],
    ['OpenSearch', `bootstrap check failure [1] of [1]: ${TOO_LOW}`, 'opensearch'],
    ['Elasticsearch 8, as JSON', `{"log.level":"ERROR", "message":"[1]: ${TOO_LOW}"}`, 'elasticsearch'],
    [
      'bitnami',
      '\u001b[38;5;1mERROR\u001b[0m ==> Invalid kernel settings. Elasticsearch requires at least: vm.max_map_count = 262144',
      'elasticsearch',
    ],
    ['bitnami', 'Invalid kernel settings. Opensearch requires at least: vm.max_map_count = 262144', 'opensearch'],
    [
      'Graylog Data Node',
      'Preflight check failed with error: /proc/sys/vm/max_map_count value should be at least 262144 but is 65530 (set via "vm.max_map_count" sysctl)',
      'graylog-datanode',
    ],
    ['CrateDB', `[1]: ${TOO_LOW} by adding \`vm.max_map_count = 262144\` to \`/etc/sysctl.conf\``, 'cratedb'],
    [
      'Doris',
      "Please set vm.max_map_count to be 2000000 under root using 'sysctl -w vm.max_map_count=2000000'.",
      'doris-be',
    ],
    ['Doris, later', 'Please set vm.max_map_count to be 2000000. sysctl -w vm.max_map_count=2000000', 'doris-be'],
  ])('of %s', (_, log, row) => {
    expect(found(log)?.rows).toContain(row);
    expect(found(log)?.line).toContain('max_map_count');
  });

  it('begins with the words and has an end', () => {
    expect(found(`x ${TOO_LOW}`)?.line).toBe(TOO_LOW);
    expect(found(`${TOO_LOW}${'x'.repeat(10_000)}`)?.line.length).toBe(256);
  });

  it('is the last one', () => {
    expect(found(`${TOO_LOW} first\n${TOO_LOW} last\nbye\n`)?.line).toBe(`${TOO_LOW} last`);
  });

  it.each([
    ['a warning after which the server goes on', `[2026][WARN ][o.e.b.BootstrapChecks] [es-0] ${TOO_LOW}`],
    ['another check', 'max file descriptors [4096] for elasticsearch process is too low'],
    ['somebody who speaks about it', 'sysctl vm.max_map_count=262144'],
    ['nothing', ''],
    ['what is too far from the end', `${TOO_LOW}\n${'x'.repeat(300_000)}`],
  ])('is not %s', (_, log) => {
    expect(found(log)).toBeUndefined();
  });

  it('takes linear time, whatever is written', () => {
    const text = fc.stringMatching(/^(?:max_map_count|Invalid kernel settings\. |too low|\n| ){0,50}$/);
    fc.assert(fc.property(text, (log) => (found(log)?.line.length ?? 0) <= 256));
    const hostile = 'Invalid kernel settings. max_map_count '.repeat(10_000);
    const before = performance.now();
    for (let count = 0; count < 20; count += 1) found(hostile);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe('the words of a row', () => {
  it('are there for every built-in row, each with where it was seen', () => {
    for (const { name, crashLines } of builtInWorkloads) {
      expect(crashLines.length, name).toBeGreaterThan(0);
      for (const { source } of crashLines) expect(source).toMatch(/^https:\/\//);
    }
  });

  it.each([
    ['error', 'name max_map_count'],
    ['*max_map_count', 'begin with a word'],
    ['a*b*c*d*e*max_map_count', 'more than four *'],
  ])('cannot be %s', (words, problem) => {
    const row = { name: 'own', required: 262_144, crashLines: [{ words }] };
    expect(workloadSchema.safeParse(row).error?.message).toContain(problem);
  });
});
