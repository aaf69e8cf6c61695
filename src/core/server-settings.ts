import type { CatalogueRow } from './catalogue-row.ts';
import { commandLine, scriptOf } from './command.ts';
import { type ImageReference, matchesAny } from './image.ts';
import { LIMITS } from './limits.ts';
import type { Names } from './names.ts';
import { isSettingOption, settingStart } from './options.ts';
import type { Container, EnvVar } from './pod.ts';
import { commandPath } from './runs.ts';
import { simpleCommands } from './shell.ts';
import { isIn, type Version } from './version.ts';

/** One setting of the server, under its dotted name, as the pod states it. */
export interface ServerSetting {
  readonly name: string;
  /** Undefined when the pod takes it from somewhere that it does not show. */
  readonly value: string | undefined;
  readonly path: string;
  /** The environment variable, when the image reads no such spelling, so that it has no effect. */
  readonly ineffective?: string;
}

const ENFORCE_CHECKS = /^(?:es|opensearch|crate)\.enforce\.bootstrap\.checks$/;

/**
 * The settings in a container that can switch the row's need off, in every spelling that an image may read: dotted,
 * ES_SETTING_*, upper case with or without the product's prefix, `-E`, `-C` and `-D` arguments, bitnami's extra flags.
 */
export function settingsOf(
  container: Container,
  image: ImageReference | undefined,
  row: CatalogueRow,
): ServerSetting[] {
  const { dotted } = row.settingNames;
  const found: ServerSetting[] = [];
  for (const variable of container.env) addSettings(variable, image, row, found);
  for (const setting of argumentSettings(container)) {
    if (dotted.has(setting.name) || ENFORCE_CHECKS.test(setting.name)) found.push(setting);
  }
  return found;
}

function addSettings(
  variable: EnvVar,
  image: ImageReference | undefined,
  { settingNames: { dotted, spellings }, dottedPatterns }: CatalogueRow,
  found: ServerSetting[],
): void {
  const { name, value } = variable;
  const known = spellings.get(name);
  if (known !== undefined) {
    const isRead = known === name || image === undefined || !matchesAny(image, dottedPatterns);
    found.push({ name: known, value, path: variable.path, ...(!isRead && { ineffective: name }) });
  } else if (name.startsWith(ELASTIC)) {
    const elastic = elasticName(name);
    if (dotted.has(elastic)) found.push({ name: elastic, value, path: variable.path });
  } else {
    for (const setting of settingsInOptions(variable, dotted)) found.push(setting);
  }
}

const ELASTIC = 'ES_SETTING_';

// https://www.elastic.co/guide/en/elasticsearch/reference/current/docker.html: one underscore is a dot, two are an underscore.
function elasticName(variable: string): string {
  return variable.slice(ELASTIC.length).toLowerCase().replaceAll('__', '\0').replaceAll('_', '.').replaceAll('\0', '_');
}

// SonarQube's options for its search process.
const PASSED_ON = /^sonar[._]search[._]java(?:additional)?opts$/i;

function isPassedOn(name: string): boolean {
  // Most names are told apart by their first letter.
  return (name.charCodeAt(0) | 32) === 115 && PASSED_ON.test(name);
}

// JVM options hold system properties. Elasticsearch reads none of its settings from them, only the switch that enforces
// the checks; SonarQube passes them on to its search process, and bitnami's flags are the server's own arguments.
function settingsInOptions(variable: EnvVar, relevant: Names<true>): readonly ServerSetting[] {
  const { name, value = '' } = variable;
  const isJvm = name.endsWith('_JAVA_OPTS');
  if (!isJvm && !name.endsWith('_EXTRA_FLAGS') && !isPassedOn(name)) return [];
  const found = plainOptions(value, variable.path);
  return found.filter((setting) => ENFORCE_CHECKS.test(setting.name) || (!isJvm && relevant.has(setting.name)));
}

/** The settings in a container's command line, also inside `sh -c`: `-Ename=value`, `-E name=value`, `-C…`, `-D…`. */
export function argumentSettings(container: Container): ServerSetting[] {
  const words = commandLine(container) ?? [];
  if (words.length === 0) return [];
  const script = scriptOf(words);
  const all = script === undefined ? words : [...words, ...simpleCommands(script).flatMap((command) => command.words)];
  return optionSettings(all, commandPath(container));
}

function optionSettings(words: readonly string[], path: string): ServerSetting[] {
  const found: ServerSetting[] = [];
  words.forEach((word, index) => {
    const from = isSettingOption(words[index - 1]) ? 0 : settingStart(word);
    const equals = from === -1 ? -1 : word.indexOf('=', from);
    if (equals <= from) return;
    const [name, value] = [word.slice(from, equals), word.slice(equals + 1)];
    for (const setting of isPassedOn(name) ? plainOptions(value, path) : [{ name, value, path }]) found.push(setting);
  });
  return found;
}

// Options inside the value of a variable or another option, which hold no options in turn.
function plainOptions(value: string, path: string): ServerSetting[] {
  if (value.length > LIMITS.commandLength.most) return [];
  return optionSettings(
    value.split(/[\s,]+/).filter((word) => !isPassedOn(nameIn(word))),
    path,
  );
}

function nameIn(word: string): string {
  return word.slice(Math.max(0, settingStart(word)), Math.max(0, word.indexOf('=')));
}

/** Why a container's server starts at any value: the setting that says so. Undefined when none does. */
export function switchedOff(
  settings: readonly ServerSetting[],
  row: CatalogueRow,
  version: Version | undefined,
  image: ImageReference | undefined,
): ServerSetting | undefined {
  if (settings.length === 0) return undefined;
  const effective = settings.filter((setting) => setting.ineffective === undefined);
  const of = (name: string) => effective.findLast((setting) => setting.name === name);
  const named = row.notRequired.flatMap(({ setting, value, versions }) => {
    const found = of(setting);
    const isRead = !version || !versions || versions.some((range) => isIn(version, range));
    return isRead && found?.value?.trim().toLowerCase() === value ? [found] : [];
  })[0];
  if (named || !row.bootstrapChecks || (image && matchesAny(image, row.checkedPatterns))) return named;
  if (effective.some(({ name, value }) => ENFORCE_CHECKS.test(name) && value === 'true')) return undefined;
  const discovery = of('discovery.type');
  if (discovery?.value?.trim() === 'single-node') return discovery;
  // elastic/elasticsearch BootstrapChecks: enforced as soon as the transport is bound to, or published on, another address.
  const bind = of('transport.bind_host') ?? of('transport.host') ?? of('network.bind_host') ?? of('network.host');
  const publish =
    of('transport.publish_host') ?? of('transport.host') ?? of('network.publish_host') ?? of('network.host');
  return isLoopback(bind?.value) && isLoopback(publish?.value) ? bind : undefined;
}

function isLoopback(value: string | undefined): boolean {
  return (
    value !== undefined && /^\[?"?(?:localhost|127(?:\.\d{1,3}){3}|_local(?::ipv[46])?_|::1)"?\]?$/.test(value.trim())
  );
}
