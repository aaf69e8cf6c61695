import type { CatalogueRow } from './catalogue-row.ts';
import type { Evidence } from './decision.ts';
import type { Finding } from './detect.ts';
import type { Container, Pod } from './pod.ts';
import { type ServerSetting, settingsOf, switchedOff } from './server-settings.ts';
import type { Settings } from './settings.ts';
import { requiredOf, targetOf, versionOf } from './version.ts';

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
export function needOf({ row, container, image, evidence }: Finding, pod: Pod, level: Settings['level']): Need {
  const version = versionOf(row, container, image, pod);
  const settings = settingsOf(container, image, row);
  const isOffBy = (some: readonly ServerSetting[]) => switchedOff(some, row, version, image);
  const off = isOffBy(settings);
  return {
    row,
    container,
    required: requiredOf(row, version),
    isOff: off !== undefined,
    value: targetOf(row, version, level),
    evidence: [
      ...evidence,
      ...(version ? [factOf(container, 'version', version.path, version.text)] : []),
      ...(off ? [factOf(container, 'setting', off.path, `${off.name}=${off.value}`)] : []),
    ],
    remarks: off ? [] : remarksOn(settings, container, row, isOffBy),
  };
}

function factOf({ name }: Container, signal: 'version' | 'setting', path: string, value: string): Evidence {
  return { signal, container: name, path, value };
}

function remarksOn(
  settings: readonly ServerSetting[],
  container: Container,
  row: CatalogueRow,
  isOffBy: (some: readonly ServerSetting[]) => ServerSetting | undefined,
): string[] {
  const named = (name: string) => `container ${container.name}: ${name}`;
  const ineffective = settings.flatMap(({ name, value, ineffective: variable }) => {
    const matters = variable !== undefined && isOffBy([{ name, value, path: '' }]) !== undefined;
    return matters ? [named(`${variable} has no effect on this image, write it as ${name}`)] : [];
  });
  const hidden = settings.filter(({ value }) => value === undefined).map(({ name }) => name);
  const unseen =
    hidden.length > 0 ? [named(`the value of ${hidden.join(', ')} is not in the pod, so it was not considered`)] : [];
  // Nothing that a ConfigMap could bring would switch the need of such a row off.
  const envFrom =
    container.hasEnvFrom && row.settingNames.dotted.size > 0
      ? [named('settings that envFrom brings are not in the pod, so they were not considered')]
      : [];
  return [...ineffective, ...(unseen.length > 0 ? unseen : envFrom)];
}
