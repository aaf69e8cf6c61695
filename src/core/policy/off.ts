import type { CatalogueRow } from '../catalogue-row.ts';
import { anyOf, globRegex, stringLiteral } from '../cel.ts';
import { imageRegex } from './image-regex.ts';

/** The longest value of a variable in which settings are looked for. */
const LONGEST_VALUE = 2000;

/**
 * Whether something in a container may switch the need off: wider than src/core/server-settings.ts, which knows which
 * spelling an image reads, which setting wins, and what enforces the checks all the same.
 */
export function offExpression(row: CatalogueRow, server: string): string {
  const named = row.notRequired.map(({ setting, value }) => ({ name: nameRegex(setting), value: valueRegex(value) }));
  const checks = row.bootstrapChecks ? CHECKS : [];
  const excused = anySetting(server, checks);
  const own = anySetting(server, named);
  if (excused === undefined || row.checkedAtStart.length === 0)
    return anySetting(server, [...named, ...checks]) ?? 'false';
  const isChecked = `${server}.image.matches(${stringLiteral(imageRegex(row.checkedAtStart))})`;
  return own === undefined ? `!${isChecked} && ${excused}` : `(${own} || !${isChecked} && ${excused})`;
}

interface Switch {
  /** Regular expressions for what stands on both sides of the `=`. */
  readonly name: string;
  readonly value: string;
}

// A dotted name in any of its spellings: discovery.type, DISCOVERY_TYPE, ES_SETTING_NODE_STORE_ALLOW__MMAP.
function nameRegex(setting: string): string {
  return setting
    .split(/[._]/)
    .map((part) => globRegex(part))
    .join('[._]+');
}

// Blanks and quotes may stand around it.
function valueRegex(value: string): string {
  return `[^A-Za-z0-9]*${globRegex(value)}`;
}

const CHECKS: readonly Switch[] = [
  { name: nameRegex('discovery.type'), value: valueRegex('single-node') },
  // localhost, _local_, 127.0.0.1, ::1
  {
    name: '(?:transport|network)[._]+(?:(?:bind|publish)[._]+)?host',
    value: '(?:[^A-Za-z0-9]*(?:local|127[.])|[^A-Za-z0-9\\n]*:1(?:[^0-9A-Fa-f:]|$))',
  },
];

// Variables whose values hold options: SonarQube's for its search process, bitnami's flags.
const OPTIONS = ['EXTRA_FLAGS', 'search[._]java(?:additional)?opts'];

function anySetting(server: string, switches: readonly Switch[]): string | undefined {
  if (switches.length === 0) return undefined;
  const names = `(?i:(?:${[...switches.map(({ name }) => name), ...OPTIONS].join('|')})$)`;
  const setting = stringLiteral(`(?i:${anyOf(switches.map(({ name, value }) => `${name}=${value}`))})`);
  const value = `e.?value.orValue('')`;
  return `(${server}.line.matches(${setting}) || ${server}.env.exists(e, e.name.matches(${stringLiteral(names)}) && (${value}.size() > ${LONGEST_VALUE} || (e.name + '=' + ${value}).matches(${setting}))))`;
}
