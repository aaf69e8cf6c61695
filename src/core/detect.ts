import { type Instructions, WORKLOAD_PATH } from './annotations.ts';
import type { Catalogue } from './catalogue.ts';
import { APP_NAME, type Sightings } from './catalogue-index.ts';
import type { CatalogueRow } from './catalogue-row.ts';
import { addCounterEvidence } from './counter-evidence.ts';
import type { Evidence } from './decision.ts';
import { type ImageReference, matchesGlob, parseGlob } from './image.ts';
import { counterSignal, type ImageSignal, nameSignal } from './image-evidence.ts';
import { type Inspected, inspect } from './inspect.ts';
import { pointerToken } from './json.ts';
import type { Container, Pod } from './pod.ts';
import { commandPath, type Runs } from './runs.ts';
import { type Signal, strengthOf } from './signals.ts';

/** What was seen of one workload in one container; whether it is enough is not decided here. */
export interface Finding {
  readonly row: CatalogueRow;
  readonly container: Container;
  readonly image: ImageReference | undefined;
  readonly runs: Runs;
  readonly evidence: readonly Evidence[];
}

/**
 * Every fact that speaks for or against the rows that were seen, per container that could run them: main containers and
 * native sidecars, never other init containers nor ephemeral ones.
 */
export function detect(
  pod: Pod,
  sightings: Sightings | undefined,
  catalogue: Catalogue,
  instructions: Instructions,
): Finding[] {
  const ofPod = new Set(sightings?.ofPod);
  if (instructions.workload) ofPod.add(instructions.workload);
  const findings: OwnFinding[] = [];
  const lookAt = (container: Container) => {
    const seen = sightings?.byContainer.get(container.raw);
    if (!seen && ofPod.size === 0) return;
    const inspected = inspect(container, catalogue);
    for (const contender of contenders(seen ?? NONE, ofPod, inspected))
      findings.push(findingOf(inspected, pod, contender));
  };
  for (const container of pod.containers) lookAt(container);
  for (const container of pod.initContainers) if (container.isSidecar) lookAt(container);
  return ofPod.size === 0 ? findings : withPodFacts(findings, ofPod, pod, instructions);
}

const NONE: ReadonlySet<CatalogueRow> = new Set();

interface Contender {
  readonly row: CatalogueRow;
  /** What the image's name says for it. */
  readonly named: ImageSignal | undefined;
}

// A published image says which product it is: rows that merely share a port or a setting with it are out of the race.
function contenders(
  seen: ReadonlySet<CatalogueRow>,
  ofPod: ReadonlySet<CatalogueRow>,
  { image }: Inspected,
): Contender[] {
  const all: Contender[] = [];
  let isPublished = false;
  const enter = (row: CatalogueRow) => {
    const named = nameSignal(image, row);
    isPublished ||= named === 'image';
    all.push({ row, named });
  };
  for (const row of seen) enter(row);
  for (const row of ofPod) if (!seen.has(row)) enter(row);
  const isNamed = ({ row, named }: Contender) => named === 'image' || named === 'image-name' || ofPod.has(row);
  return isPublished ? all.filter(isNamed) : all;
}

// A fact about the whole pod is credited to one container; the others count only where they show something themselves.
function withPodFacts(
  findings: readonly OwnFinding[],
  rows: ReadonlySet<CatalogueRow>,
  pod: Pod,
  instructions: Instructions,
): Finding[] {
  const servers = new Map(
    [...rows].map((row) => [serverAmong(findings.filter((finding) => finding.row === row)), row]),
  );
  return findings.flatMap((finding): Finding[] => {
    const row = servers.get(finding);
    if (row) return [{ ...finding, evidence: [...podEvidence(pod, row, instructions), ...finding.evidence] }];
    return finding.isSupported ? [finding] : [];
  });
}

function podEvidence(pod: Pod, row: CatalogueRow, instructions: Instructions): Evidence[] {
  const found: Evidence[] = [];
  if (instructions.workload === row)
    found.push({ signal: 'annotation', container: null, path: WORKLOAD_PATH, value: row.name });
  for (const [label, glob] of Object.entries(row.labels)) {
    const value = pod.labels.get(label);
    if (value !== undefined && matchesGlob(value, parseGlob(glob))) found.push(labelEvidence('label', label, value));
  }
  return found;
}

interface OwnFinding extends Finding {
  /** True when something in the container speaks for the row. */
  readonly isSupported: boolean;
}

// What speaks for the row comes first. What speaks against it is looked at last: most containers have nothing to do with any.
function findingOf(inspected: Inspected, pod: Pod, { row, named }: Contender): OwnFinding {
  const { container, image, runs } = inspected;
  const evidence: Evidence[] = [];
  if (named) evidence.push(imageFact(container, named));
  addSettings(inspected, row, evidence);
  addMount(container, row, evidence);
  addPorts(container, row, evidence);
  addNames(container, pod, row, evidence);
  const isSupported = evidence.length > 0;
  const against = counterSignal(image, row, named);
  if (against) evidence.push(imageFact(container, against));
  addCounterEvidence(inspected, pod, row, evidence);
  return { row, container, image, runs, evidence, isSupported };
}

function imageFact(container: Container, signal: ImageSignal): Evidence {
  return factOf(container, signal, '/image', container.image);
}

/**
 * The container that a fact about the whole pod is credited to: the one that by itself looks most like the server,
 * whatever the order. Tools and other products come last.
 */
function serverAmong(findings: readonly OwnFinding[]): OwnFinding | undefined {
  return findings.reduce<OwnFinding | undefined>(
    (best, finding) => (best === undefined || likeness(finding) > likeness(best) ? finding : best),
    undefined,
  );
}

function likeness({ evidence }: Finding): number {
  const points = evidence.reduce((sum, { signal }) => sum + Math.max(0, strengthOf(signal).points), 0);
  return evidence.some(({ signal }) => OTHERS.has(signal)) ? points - OUT : points;
}

const OTHERS: ReadonlySet<Signal> = new Set(['tool-command', 'not-image', 'other-image']);
// More than all points of one container together.
const OUT = 1_000;

// Each name once, however often a list repeats it.
function addSettings({ container, argumentNames }: Inspected, row: CatalogueRow, evidence: Evidence[]): void {
  const { name: ownName } = container;
  const seen = new Set<string>();
  for (const variable of container.env) {
    const { name } = variable;
    const signal = row.envSignals.get(name);
    if (!signal || seen.has(name)) continue;
    seen.add(name);
    evidence.push({ signal, container: ownName, path: variable.path, value: name });
  }
  for (const name of argumentNames) {
    if (row.envSignals.get(name) === 'env')
      evidence.push({ signal: 'argument', container: ownName, path: commandPath(container), value: name });
  }
}

// A reader of the data, such as a backup, mounts it too, but the server must be able to write.
function addMount(container: Container, { mounts }: CatalogueRow, evidence: Evidence[]): void {
  if (mounts.length === 0) return;
  const mount = container.mounts.find(({ mountPath, readOnly }) => !readOnly && isBelow(mountPath, mounts));
  if (mount) evidence.push({ signal: 'mount', container: container.name, path: mount.path, value: mount.mountPath });
}

function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some(
    (folder) => path.startsWith(folder) && (path.length === folder.length || path[folder.length] === '/'),
  );
}

function addPorts(container: Container, { hints, ownPorts }: CatalogueRow, evidence: Evidence[]): void {
  const declared = container.ports;
  const one = declared.find((port) => ownPorts.has(port));
  if (one === undefined) return;
  const set = hints.ports.find((ports) => ports.length > 1 && ports.every((port) => declared.includes(port)));
  evidence.push(set ? factOf(container, 'ports', '/ports', set.join(', ')) : factOf(container, 'port', '/ports', one));
}

function addNames(container: Container, pod: Pod, { hints }: CatalogueRow, evidence: Evidence[]): void {
  const appName = pod.labels.get(APP_NAME);
  if (hints.containers.includes(container.name))
    evidence.push(factOf(container, 'container-name', '/name', container.name));
  if (appName !== undefined && hints.containers.includes(appName))
    evidence.push(labelEvidence('app-label', APP_NAME, appName));
}

function labelEvidence(signal: Signal, label: string, value: string): Evidence {
  return { signal, container: null, path: `/metadata/labels/${pointerToken(label)}`, value };
}

function factOf({ name, path }: Container, signal: Signal, place: string, value: Evidence['value']): Evidence {
  return { signal, container: name, path: `${path}${place}`, value };
}
