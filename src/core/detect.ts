import { type Instructions, WORKLOAD_PATH } from './annotations.ts';
import type { Catalogue, CatalogueRow } from './catalogue.ts';
import { isClientSetting } from './client.ts';
import type { Evidence } from './decision.ts';
import { type ImageReference, matchesGlob, matchesPattern, parseGlob, parseImage } from './image.ts';
import { pointerToken } from './json.ts';
import type { Container, Pod, VolumeMount } from './pod.ts';
import { type Runs, runs } from './runs.ts';
import { argumentSettings } from './server-settings.ts';
import type { Signal } from './signals.ts';

/** What was seen of one workload in one container; whether it is enough is not decided here. */
export interface Finding {
  readonly row: CatalogueRow;
  readonly container: Container;
  readonly runs: Runs;
  readonly evidence: readonly Evidence[];
}

/**
 * Every fact that speaks for or against a workload of the catalogue, per container that could run it: main containers
 * and native sidecars, never other init containers nor ephemeral ones.
 */
export function detect(pod: Pod, catalogue: Catalogue, instructions: Instructions): Finding[] {
  const candidates = [...pod.containers, ...pod.initContainers.filter((container) => container.isSidecar)];
  const seen = candidates.map((container) => inspect(container, catalogue));
  return catalogue.rows.flatMap((row) => {
    const named = podEvidence(pod, row, instructions);
    const serverContainer = named.length > 0 ? serverContainerOf(seen, row) : undefined;
    return seen.flatMap((inspected): Finding[] => {
      const evidence = [
        ...(inspected.container === serverContainer ? named : []),
        ...containerEvidence(inspected, pod, row, catalogue),
      ];
      return evidence.length > 0 ? [{ row, container: inspected.container, runs: inspected.runs, evidence }] : [];
    });
  });
}

// What does not depend on the row is worked out once.
interface Inspected {
  readonly container: Container;
  readonly image: ImageReference | undefined;
  readonly runs: Runs;
  readonly argumentNames: ReadonlySet<string>;
}

function inspect(container: Container, catalogue: Catalogue): Inspected {
  return {
    container,
    image: parseImage(container.image),
    runs: runs(container, catalogue),
    argumentNames: new Set(argumentSettings(container).map(({ name }) => name)),
  };
}

// A fact about the whole pod is credited to the container that the operator or chart runs the server in.
function serverContainerOf(seen: readonly Inspected[], row: CatalogueRow): Container | undefined {
  const able = seen.filter(({ image, runs }) => runs !== 'tool' && !isLookAlike(image, row));
  const byImage = able.find(({ image }) => publishedOrPrivate(image, row) !== undefined);
  const byName = able.find(({ container }) => row.hints.containers.includes(container.name));
  return (byImage ?? byName ?? seen[0])?.container;
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

function labelEvidence(signal: Signal, label: string, value: string): Evidence {
  return { signal, container: null, path: `/metadata/labels/${pointerToken(label)}`, value };
}

function containerEvidence(inspected: Inspected, pod: Pod, row: CatalogueRow, catalogue: Catalogue): Evidence[] {
  const { container, image } = inspected;
  const published = publishedOrPrivate(image, row);
  const found: Evidence[] = [
    ...(published ? [factOf(container, published, '/image', container.image)] : []),
    ...settingEvidence(inspected, row),
    ...container.mounts
      .filter((mount) => isData(mount, row))
      .map(({ mountPath, path }) => fact(container, 'mount', path, mountPath)),
    ...hintEvidence(inspected, pod, row),
  ];
  return found.length > 0 ? [...found, ...counterEvidence(inspected, row, catalogue)] : [];
}

function settingEvidence({ container, argumentNames }: Inspected, row: CatalogueRow): Evidence[] {
  const inEnv = container.env.flatMap(({ name, path }) => {
    const signal = row.envSignals.get(name);
    return signal ? [fact(container, signal, path, name)] : [];
  });
  const inArguments = [...argumentNames].filter((name) => row.envSignals.get(name) === 'env');
  return [...inEnv, ...inArguments.map((name) => factOf(container, 'argument', commandKey(container), name))];
}

// A reader of the data, such as a backup, mounts it too, but the server must be able to write.
function isData({ mountPath, readOnly }: VolumeMount, row: CatalogueRow): boolean {
  return !readOnly && row.mounts.some((data) => mountPath === data || mountPath.startsWith(`${data}/`));
}

function hintEvidence({ container, image }: Inspected, pod: Pod, row: CatalogueRow): Evidence[] {
  const { hints } = row;
  const isShortName = image !== undefined && row.hintImagePatterns.some((pattern) => matchesPattern(image, pattern));
  const isPublished = publishedOrPrivate(image, row) !== undefined;
  const ports = hints.ports.find((set) => set.every((port) => container.ports.includes(port)));
  const appName = pod.labels.get(APP_NAME);
  return [
    ...(isShortName && !isPublished ? [factOf(container, 'image-hint', '/image', container.image)] : []),
    ...(ports ? [factOf(container, 'ports', '/ports', ports.join(', '))] : []),
    ...(hints.containers.includes(container.name)
      ? [factOf(container, 'container-name', '/name', container.name)]
      : []),
    ...(appName !== undefined && hints.containers.includes(appName)
      ? [labelEvidence('app-label', APP_NAME, appName)]
      : []),
  ];
}

const APP_NAME = 'app.kubernetes.io/name';

function fact({ name }: Container, signal: Signal, path: string, value: Evidence['value']): Evidence {
  return { signal, container: name, path, value };
}

function factOf(container: Container, signal: Signal, path: string, value: Evidence['value']): Evidence {
  return fact(container, signal, `${container.path}${path}`, value);
}

function commandKey({ args }: Container): '/args' | '/command' {
  return args.length > 0 ? '/args' : '/command';
}

// Looked at only where something speaks for the workload: most pods have nothing to do with any.
function counterEvidence({ container, image, runs }: Inspected, row: CatalogueRow, catalogue: Catalogue): Evidence[] {
  const client = clientEvidence(container, catalogue);
  const words = [...container.command, ...container.args].join(' ');
  return [
    ...(isTool(image, row)
      ? [factOf(container, isLookAlike(image, row) ? 'not-image' : 'other-image', '/image', container.image)]
      : []),
    ...(runs === 'tool' ? [factOf(container, 'tool-command', commandKey(container), words.slice(0, 80))] : []),
    ...(client ? [client] : []),
  ];
}

// A pattern with a wildcard in the repository is a rule about names; one without names a published image.
function publishedOrPrivate(image: ImageReference | undefined, row: CatalogueRow): 'image' | 'image-name' | undefined {
  if (!image) return undefined;
  const matching = row.imagePatterns.filter((pattern) => matchesPattern(image, pattern));
  if (matching.length === 0) return undefined;
  return matching.some(({ isExact }) => isExact) ? 'image' : 'image-name';
}

function isTool(image: ImageReference | undefined, row: CatalogueRow): boolean {
  return image !== undefined && row.notImagePatterns.some((pattern) => matchesPattern(image, pattern));
}

// A name with the product's word and a tool's is a tool for it, whatever else is seen. Without the product's word the
// name is only a hint: a private `logfile-operator:search` may well be the server.
function isLookAlike(image: ImageReference | undefined, row: CatalogueRow): boolean {
  return isTool(image, row) && publishedOrPrivate(image, row) !== undefined;
}

function clientEvidence(container: Container, { clientNames, serverVariables }: Catalogue): Evidence | undefined {
  const variable = container.env.find(({ name }) => !serverVariables.has(name) && isClientSetting(name, clientNames));
  if (variable) return fact(container, 'client-setting', variable.path, variable.name);
  const argument = [...container.command, ...container.args].find((word) => {
    const option = /^--?([a-z][\w.-]*)(?:=|$)/.exec(word)?.[1];
    return option !== undefined && isClientSetting(option, clientNames);
  });
  return argument === undefined
    ? undefined
    : factOf(container, 'client-argument', commandKey(container), argument.slice(0, 40));
}
