import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { COVERED } from '../../../tools/compatibility/covered.ts';
import {
  keepTranscript,
  type Record,
  readRecord,
  transcriptFile,
  withLines,
} from '../../../tools/compatibility/record.ts';
import { knownKubernetes, pinnedModule } from '../../../tools/programs/versions.ts';

const EMPTY: Record = { kubernetes: {}, parts: {} };
const AGENT = COVERED['node agent and its policy'];

describe('the record of what ran', () => {
  it('keeps a line when all of its tests passed, and not when one is missing', () => {
    const passed = withLines(EMPTY, 'v1.30.14', AGENT, '2026-01-02');
    expect(passed.kubernetes).toEqual({
      '1.30': { version: 'v1.30.14', lines: { 'node agent and its policy': '2026-01-02' } },
    });
    expect(withLines(EMPTY, 'v1.30.14', AGENT.slice(1), '2026-01-02').kubernetes['1.30']?.lines).toEqual({});
  });

  it('keeps no line about a kind that the version does not have, although its tests were left out without a fault', () => {
    const line = 'MutatingAdmissionPolicy, over the corpus';
    const lines = (version: string) => Object.values(withLines(EMPTY, version, COVERED[line], 'a day').kubernetes);
    expect(lines('v1.30.14')).toEqual([{ version: 'v1.30.14', lines: {} }]);
    expect(lines('v1.36.0')).toEqual([{ version: 'v1.36.0', lines: { [line]: 'a day' } }]);
  });

  it('keeps the other lines of the same version, and none of another patch version', () => {
    const before = withLines(EMPTY, 'v1.30.14', AGENT, '2026-01-02');
    const doctor = COVERED['`kubectl max-map-count doctor`'];
    expect(
      Object.keys(withLines(before, 'v1.30.14', doctor, '2026-01-03').kubernetes['1.30']?.lines ?? {}),
    ).toHaveLength(2);
    expect(
      Object.keys(withLines(before, 'v1.30.15', doctor, '2026-01-03').kubernetes['1.30']?.lines ?? {}),
    ).toHaveLength(1);
  });

  it('speaks of versions that can be had here', () => {
    for (const [minor, { version }] of Object.entries(readRecord().kubernetes)) {
      expect(knownKubernetes()).toContain(minor);
      expect(pinnedModule('kubernetes', minor).version).toBe(version);
    }
  });

  it('keeps a transcript where none was kept before', () => {
    const root = mkdtempSync(join(tmpdir(), 'transcripts-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    const transcript = join(root, 'transcript.json');
    writeFileSync(transcript, '{}');
    const folder = pathToFileURL(`${root}/`);
    keepTranscript('eck', transcript, folder);
    expect(readFileSync(transcriptFile('eck', folder), 'utf8')).toBe('{}');
  });

  it('names tests that are there', () => {
    for (const file of Object.values(COVERED).flat()) expect(existsSync(file), file).toBe(true);
  });
});
