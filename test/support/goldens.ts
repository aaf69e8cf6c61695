// The goldens of the corpus, written by `npm run generate`: test/goldens/<family>.txt, a block for each case, and
// test/goldens/patches/<name>.json, each different patch once. People read them, and so do the tests of the shells.
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Decision } from '../../src/core/decision.ts';
import type { Operation } from '../../src/core/operation.ts';
import { type Case, decideCase, families } from './cases.ts';
import { patchShape } from './patch-shape.ts';

const folder = new URL('../goldens/', import.meta.url);

/** What a golden says of a case. */
export interface Golden {
  readonly decision: string;
  readonly reason: string;
  readonly workload: string | null;
  readonly value: number | null;
  readonly strategy: string | null;
  /** Whether the pod carries our own patch: a repeated call, answered in silence. */
  readonly ours: boolean;
  readonly warnings: readonly string[];
  readonly patch: readonly Operation[];
}

/** The files that the cases call for, by their path under test/goldens. */
export function goldenFiles(cases: readonly Case[]): Map<string, string> {
  const files = new Map<string, string>();
  const blocks = cases.map((known) => {
    const { decision, patch } = decideCase(known);
    return { family: known.family, block: blockOf(known.name, decision, patchName(known.name, patch, files)) };
  });
  for (const family of families) {
    const ofFamily = blocks.flatMap((entry) => (entry.family === family ? entry.block : []));
    files.set(`${family}.txt`, `${ofFamily.join('\n\n')}\n`);
  }
  return files;
}

/** The committed golden files, by their path under test/goldens. */
export function committedFiles(): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => (basename(parentPath) === 'patches' ? `patches/${name}` : name));
}

/** The committed golden of a case; throws when there is none. */
export function readGolden({ family, name }: Case): Golden {
  const blocks = readFileSync(new URL(`${family}.txt`, folder), 'utf8')
    .trimEnd()
    .split('\n\n');
  const block = blocks.find((text) => text.startsWith(`${name}\n`));
  if (block === undefined) throw new Error(`${name} has no golden: npm run generate`);
  return parseBlock(block);
}

function blockOf(name: string, decision: Decision, patch: string | undefined): string {
  const { decision: verdict, reason, workload, required, value, strategy } = decision;
  const facts = Object.entries({ reason, workload, required, value, strategy })
    .filter(([, fact]) => fact !== null)
    .map(([key, fact]) => `${key}=${fact}`);
  const isOurs = decision.decision === 'skip' && decision.ours;
  return [
    name,
    `  ${[verdict, ...facts, ...(isOurs ? ['ours'] : [])].join(' ')}`,
    ...decision.evidence.map(({ signal, container, path, value: seen }) => {
      return `  - ${signal} ${container ?? '(pod)'} ${path} ${JSON.stringify(seen)}`;
    }),
    ...decision.warnings.map((warning) => `  warning: ${warning}`),
    ...(patch === undefined ? [] : [`  patch: ${patch}`]),
  ].join('\n');
}

function parseBlock(block: string): Golden {
  const [, verdict = '', ...lines] = block.split('\n');
  const [decision = '', ...words] = verdict.trim().split(' ');
  const fact = (key: string) => words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1) ?? null;
  const after = (prefix: string) => {
    return lines.flatMap((line) => (line.startsWith(`  ${prefix}: `) ? line.slice(prefix.length + 4) : []));
  };
  const value = fact('value');
  return {
    decision,
    reason: fact('reason') ?? '',
    workload: fact('workload'),
    value: value === null ? null : Number(value),
    strategy: fact('strategy'),
    ours: words.includes('ours'),
    warnings: after('warning'),
    patch: after('patch').flatMap(readPatch),
  };
}

function readPatch(name: string): Operation[] {
  return JSON.parse(readFileSync(new URL(`patches/${name}.json`, folder), 'utf8'));
}

/** Puts a patch among the files and says under which name; the case's own tells patches of one shape apart. */
function patchName(caseName: string, patch: readonly Operation[], files: Map<string, string>): string | undefined {
  if (patch.length === 0) return undefined;
  const text = `${JSON.stringify(patch, null, 2)}\n`;
  const shape = patchShape(patch);
  const known = [...files].find(([, content]) => content === text)?.[0];
  const file = known ?? `patches/${files.has(`patches/${shape}.json`) ? `${shape}-in-${caseName}` : shape}.json`;
  files.set(file, text);
  return basename(file, '.json');
}
