import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
// Their files are read by the build and not by the bundler.
const FONTS = ['@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono'];

/** The licences of the packages that files of bundles come from, and of the fonts, as their authors ask for. */
export function licencesOf(inputs: readonly string[]): string {
  const packages = new Set([...FONTS, ...inputs.flatMap((input) => packageOf(input) ?? [])]);
  return [...packages].sort().map(licenceOf).join('\n\n');
}

function packageOf(input: string): string | undefined {
  return /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(input)?.[1];
}

function licenceOf(name: string): string {
  const folder = new URL(`node_modules/${name}/`, root);
  const { version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as { version: string };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no file with its licence`);
  return `${name} ${version}\n\n${readFileSync(new URL(file, folder), 'utf8').trim()}`;
}
