import type { CatalogueRow } from './catalogue.ts';
import { commandLine, scriptOf } from './command.ts';
import { parseImage } from './image.ts';
import type { Container, EnvVar } from './pod.ts';
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
export function settingsOf(container: Container, row: CatalogueRow): ServerSetting[] {
  const { dotted, upperCase } = row.settingNames;
  const ownImage = row.bootstrapChecks && readsOnlyDottedNames(container.image);
  const fromEnv = container.env.flatMap((variable): ServerSetting[] => {
    const { name, value, path } = variable;
    if (dotted.has(name)) return [{ name, value, path }];
    const elastic = name.startsWith('ES_SETTING_') ? elasticName(name) : undefined;
    if (elastic !== undefined) return dotted.has(elastic) ? [{ name: elastic, value, path }] : [];
    const known = upperCase.get(name);
    if (known !== undefined) return [{ name: known, value, path, ...(ownImage && { ineffective: name }) }];
    return settingsInOptions(variable, dotted);
  });
  const fromArguments = argumentSettings(container).filter(({ name }) => dotted.has(name) || ENFORCE_CHECKS.test(name));
  return [...fromEnv, ...fromArguments];
}

// https://www.elastic.co/guide/en/elasticsearch/reference/current/docker.html: one underscore is a dot, two are an underscore.
function elasticName(variable: string): string {
  return variable
    .slice('ES_SETTING_'.length)
    .toLowerCase()
    .replaceAll('__', '\0')
    .replaceAll('_', '.')
    .replaceAll('\0', '_');
}

// Elastic's and OpenSearch's own entry points turn dotted variables into -E options and read no other spelling but ES_SETTING_*.
function readsOnlyDottedNames(reference: string): boolean {
  const path = parseImage(reference)?.path.join('/') ?? '';
  return /(?:^|\/)(?:elasticsearch\/elasticsearch(?:-oss|-wolfi)?|opensearchproject\/opensearch)$|^(?:library\/)?elasticsearch$/.test(
    path,
  );
}

// SonarQube's options for its search process.
const PASSED_ON = /^sonar[._]search[._]java(?:additional)?opts$/i;

// JVM options hold system properties. Elasticsearch reads none of its settings from them, only the switch that enforces
// the checks; SonarQube passes them on to its search process, and bitnami's flags are the server's own arguments.
function settingsInOptions({ name, value = '', path }: EnvVar, relevant: ReadonlySet<string>): ServerSetting[] {
  const isJvm = /_JAVA_OPTS$/.test(name);
  if (!isJvm && !/_EXTRA_FLAGS$/.test(name) && !PASSED_ON.test(name)) return [];
  const found = optionSettings(value.split(/[\s,]+/), path);
  return found.filter((setting) => ENFORCE_CHECKS.test(setting.name) || (!isJvm && relevant.has(setting.name)));
}

/** The settings in a container's command line, also inside `sh -c`: `-Ename=value`, `-E name=value`, `-C…`, `-D…`. */
export function argumentSettings(container: Container): ServerSetting[] {
  const key = container.args.length > 0 ? 'args' : 'command';
  const words = commandLine(container) ?? [];
  const script = scriptOf(words);
  const all = script === undefined ? words : [...words, ...simpleCommands(script).flatMap((command) => command.words)];
  return optionSettings(all, `${container.path}/${key}`);
}

function optionSettings(words: readonly string[], path: string): ServerSetting[] {
  return words.flatMap((word, index) => {
    const option = /^-[ECD]$/.test(words[index - 1] ?? '') ? word : /^(?:-[ECD]|--)(?=[a-z])(.*)$/s.exec(word)?.[1];
    const equals = option?.indexOf('=') ?? -1;
    if (option === undefined || equals < 1) return [];
    const [name, value] = [option.slice(0, equals), option.slice(equals + 1)];
    return PASSED_ON.test(name) ? optionSettings(value.split(/[\s,]+/), path) : [{ name, value, path }];
  });
}

/** Why a container's server starts at any value: the setting that says so. Undefined when none does. */
export function switchedOff(
  settings: readonly ServerSetting[],
  row: CatalogueRow,
  version: Version | undefined,
): ServerSetting | undefined {
  const effective = settings.filter((setting) => setting.ineffective === undefined);
  const of = (name: string) => effective.findLast((setting) => setting.name === name);
  const named = row.notRequired.flatMap(({ setting, value, versions }) => {
    const found = of(setting);
    const isRead = !version || !versions || versions.some((range) => isIn(version, range));
    return isRead && found?.value?.trim().toLowerCase() === value ? [found] : [];
  })[0];
  if (named || !row.bootstrapChecks) return named;
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
