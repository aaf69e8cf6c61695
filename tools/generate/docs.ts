// The parts of the documents that are made from the code. They stand between <!-- generated:NAME --> and
// <!-- /generated -->; everything around them is written by hand.
import { readFileSync } from 'node:fs';
import { HINTS } from '../../src/cli/explain/hints.ts';
import { REASONS, type Reason } from '../../src/core/reasons.ts';
import { SIGNALS, type Signal, strengthOf, THRESHOLD } from '../../src/core/signals.ts';
import { adviceExample } from './advice-example.ts';
import { catalogueTable, productTable, rowDetails, toolWords } from './catalogue-tables.ts';
import { partsTable, transcriptOf, versionsTable } from './compatibility-tables.ts';
import { configTable } from './config-table.ts';
import { controlPlaneTable } from './control-plane-table.ts';
import { podLimitsTable, serverLimitsTable } from './limits-table.ts';
import { code, table } from './markdown.ts';
import { metricsTable, refusalsTable } from './metrics-tables.ts';
import { nodeImagesTable } from './node-images-table.ts';
import { roomsTable } from './rooms-table.ts';

/** A document with its generated parts filled in. */
export interface GeneratedDoc {
  /** Path in the repository. */
  readonly file: string;
  readonly text: string;
}

/** The name of every generated part and what makes it. */
export const PARTS: Readonly<Record<string, () => string>> = {
  products: () => productTable(['product', '`vm.max_map_count` required', 'recommended by its vendor']),
  'products-zh': () => productTable(['产品', '必需的 `vm.max_map_count`', '厂商建议值']),
  signals: signalTable,
  threshold: () => `A container is taken for a workload from **${THRESHOLD} points** on.`,
  catalogue: catalogueTable,
  rows: rowDetails,
  'tool-words': toolWords,
  reasons: reasonTable,
  config: configTable,
  metrics: metricsTable,
  'control-plane': controlPlaneTable,
  refusals: refusalsTable,
  'pod-limits': podLimitsTable,
  'server-limits': serverLimitsTable,
  rooms: roomsTable,
  'node-images': nodeImagesTable,
  advice: adviceExample,
  'kubernetes-versions': versionsTable,
  parts: partsTable,
  'cert-manager-transcript': () => transcriptOf('cert-manager'),
  'eck-transcript': () => transcriptOf('eck'),
};

const FILES = [
  'README.md',
  'README.zh-CN.md',
  'docs/architecture.md',
  'docs/cli.md',
  'docs/clusters/README.md',
  'docs/compatibility.md',
  'docs/control-plane.md',
  'docs/detection.md',
  'docs/proof-peers.md',
  'docs/reference/configuration.md',
  'docs/reference/limits.md',
  'docs/reference/metrics.md',
  'docs/reference/reasons.md',
];

/** The full new text of every document that has generated parts. */
export function generatedDocs(): GeneratedDoc[] {
  return FILES.map((file) => {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    return { file, text: withParts(text, file) };
  });
}

function withParts(text: string, file: string): string {
  return text.replace(/<!-- generated:(\S+) -->[\s\S]*?<!-- \/generated -->/g, (_whole, name: string) => {
    const part = PARTS[name];
    if (!part) throw new Error(`${file}: there is no generated part called ${name}`);
    return `<!-- generated:${name} -->\n\n${part()}\n\n<!-- /generated -->`;
  });
}

function signalTable(): string {
  const rows = (Object.keys(SIGNALS) as Signal[]).map((signal) => {
    const { points, identity = false, veto = false, meaning } = strengthOf(signal);
    return [code(signal), veto ? 'veto' : String(points), identity ? 'yes' : '', meaning];
  });
  return table(['signal', 'points', 'names the product', 'meaning'], rows);
}

function reasonTable(): string {
  const rows = (Object.keys(REASONS) as Reason[]).map((reason) => {
    return [code(reason), REASONS[reason], HINTS[reason]];
  });
  return table(['code', 'meaning', 'what would change it'], rows);
}
