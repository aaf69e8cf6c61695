import type { CatalogueRow } from './catalogue.ts';
import type { Evidence } from './decision.ts';
import type { Finding } from './detect.ts';
import type { Container, Pod } from './pod.ts';
import { type ServerSetting, settingsOf, switchedOff } from './server-settings.ts';
import type { Settings } from './settings.ts';
import { requiredOf, targetOf, type Version, versionOf } from './version.ts';

/** What one container's server needs of the node. */
export interface Need {
  readonly row: CatalogueRow;
  readonly container: Container;
  /** What the vendor demands of this version; 0 when nothing. */
  readonly required: number;
  /** True when a setting makes the server start at any value. */
  readonly isOff: boolean;
  /** What to aim for. */
  readonly value: number;
  readonly evidence: readonly Evidence[];
  /** Sentences for the author about settings that do not do what they seem to, or cannot be seen. */
  readonly remarks: readonly string[];
}

/** What a matched container's server needs, by its version and the settings that can switch the need off. */
export function needOf({ row, container, evidence }: Finding, pod: Pod, level: Settings['level']): Need {
  const isPublished = evidence.some(({ signal }) => signal === 'image');
  const version = versionOf(row, container, pod, isPublished);
  const found: Evidence[] = [...evidence];
  if (version) found.push({ signal: 'version', container: container.name, path: version.path, value: version.text });
  const settings = settingsOf(container, row);
  const off = switchedOff(settings, row, version);
  if (off)
    found.push({ signal: 'setting', container: container.name, path: off.path, value: `${off.name}=${off.value}` });
  return {
    row,
    container,
    required: requiredOf(row, version),
    isOff: off !== undefined,
    value: targetOf(row, version, level),
    evidence: found,
    remarks: off ? [] : remarksOn(settings, container, row, version),
  };
}

function remarksOn(
  settings: readonly ServerSetting[],
  container: Container,
  row: CatalogueRow,
  version: Version | undefined,
): string[] {
  const named = (name: string) => `container ${container.name}: ${name}`;
  const ineffective = settings.flatMap(({ name, value, ineffective: variable }) => {
    const matters = variable !== undefined && switchedOff([{ name, value, path: '' }], row, version) !== undefined;
    return matters ? [named(`${variable} has no effect on this image, write it as ${name}`)] : [];
  });
  const hidden = settings.filter(({ value }) => value === undefined).map(({ name }) => name);
  const unseen =
    hidden.length > 0 ? [named(`the value of ${hidden.join(', ')} is not in the pod, so it was not considered`)] : [];
  const envFrom = container.hasEnvFrom
    ? [named('settings that envFrom brings are not in the pod, so they were not considered')]
    : [];
  return [...ineffective, ...(unseen.length > 0 ? unseen : envFrom)];
}
