import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reconcile } from '../../../src/node-agent/agent.ts';
import { readValue } from '../../../src/node-agent/value.ts';
import { fakeAgent, ok, refusal } from './fake-agent.ts';

describe('reading the value', () => {
  it.each<[string | null, number | undefined]>([
    ['65530\n', 65_530],
    ['2147483647', 2_147_483_647],
    ['', undefined],
    ['-1\n', undefined],
    ['1e6\n', undefined],
    ['99999999999\n', undefined],
    [null, undefined],
  ])('of a file with %j gives %j', (text, expected) => {
    const directory = mkdtempSync(join(tmpdir(), 'node-agent-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'max_map_count');
    if (text !== null) writeFileSync(file, text);
    expect(readValue(file)).toBe(expected);
  });
});

describe('a report', () => {
  it('sets the label, and nothing else, on the node that it was given', async () => {
    const agent = fakeAgent({ labels: { other: 'x' }, value: 262_144 });
    expect(await reconcile(agent)).toBe(true);
    expect(agent.writes).toEqual([
      {
        method: 'PATCH',
        path: '/api/v1/nodes/n1?fieldManager=max-map-count-node-agent',
        contentType: 'application/merge-patch+json',
        body: { metadata: { labels: { 'max-map-count.io/value': '262144' } } },
      },
    ]);
    expect(agent.lines).toEqual(['node n1: set the label max-map-count.io/value to 262144 (there was none)']);
  });

  it.each([
    [65_530, '65530'],
    [1_048_576, '1048576'],
  ])('replaces a label that is wrong by %i', async (value, expected) => {
    const agent = fakeAgent({ labels: { 'max-map-count.io/value': '262144' }, value });
    expect(await reconcile(agent)).toBe(true);
    expect(agent.writes[0]?.body).toEqual({ metadata: { labels: { 'max-map-count.io/value': expected } } });
    expect(agent.lines).toEqual([`node n1: set the label max-map-count.io/value to ${expected} (it was 262144)`]);
  });

  it('writes nothing when the label is right', async () => {
    const agent = fakeAgent({ labels: { 'max-map-count.io/value': '262144' }, value: 262_144 });
    expect(await reconcile(agent)).toBe(true);
    expect(agent.writes).toEqual([]);
    expect(agent.lines).toEqual(['node n1: the label max-map-count.io/value is 262144 already']);
  });

  it('removes the label when the value cannot be read', async () => {
    const agent = fakeAgent({ labels: { 'max-map-count.io/value': '262144' }, value: undefined });
    expect(await reconcile(agent)).toBe(true);
    expect(agent.writes[0]?.body).toEqual({ metadata: { labels: { 'max-map-count.io/value': null } } });
    expect(agent.lines[0]).toContain('cannot be read: removed the label max-map-count.io/value (it was 262144)');
  });

  it('writes nothing when the value cannot be read and there is no label', async () => {
    const agent = fakeAgent({ labels: {}, value: undefined });
    expect(await reconcile(agent)).toBe(true);
    expect(agent.writes).toEqual([]);
  });

  it.each([401, 403, 404])('gives up at once on %i, with the reason', async (status) => {
    const agent = fakeAgent({ value: 262_144, answers: [refusal(status, 'because')] });
    expect(await reconcile(agent)).toBe(false);
    expect(agent.pauses).toEqual([]);
    expect(agent.lines).toEqual([
      `node n1: cannot set the label max-map-count.io/value: because (${status}); the label stays as it is, which may be wrong`,
    ]);
  });

  it.each([409, 429, 500, 503])('tries again on %i', async (status) => {
    const agent = fakeAgent({ value: 262_144, answers: [refusal(status, 'busy'), ok({ labels: {} })] });
    expect(await reconcile(agent)).toBe(true);
    expect(agent.pauses).toEqual([1]);
    expect(agent.lines[0]).toBe(
      `node n1: cannot set the label max-map-count.io/value: busy (${status}); trying again in 1 s`,
    );
    expect(agent.writes).toHaveLength(1);
  });

  it('tries six times with growing pauses when nobody answers, then gives up', async () => {
    const agent = fakeAgent({
      value: 262_144,
      answers: Array.from({ length: 6 }, () => new Error('connect ECONNREFUSED')),
    });
    expect(await reconcile(agent)).toBe(false);
    expect(agent.pauses).toEqual([1, 2, 4, 8, 16]);
    expect(agent.lines).toHaveLength(6);
    expect(agent.lines.at(-1)).toContain('connect ECONNREFUSED; the label stays as it is');
  });

  it('reads the value anew for each attempt', async () => {
    const values = [65_530, 262_144];
    const agent = fakeAgent({ read: () => values.shift(), answers: [refusal(503, 'busy'), ok({ labels: {} })] });
    expect(await reconcile(agent)).toBe(true);
    expect(agent.writes[0]?.body).toEqual({ metadata: { labels: { 'max-map-count.io/value': '262144' } } });
  });
});
