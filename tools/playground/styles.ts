import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const FILES = ['base', 'layout', 'editor', 'results', 'dialogs', 'phone', 'print'];

/** All styles of the page in one text, fonts and all. */
export function styles(): string {
  const own = (name: string) => readFileSync(new URL(`playground/styles/${name}.css`, root), 'utf8');
  const dark = declarations(own('dark'));
  // The same colours for the system's wish and for the switch, and none of them on paper.
  const themes = [
    own('light'),
    `@media screen and (prefers-color-scheme: dark) { :root:not([data-theme="light"]) {${dark}} }`,
    `@media screen { :root[data-theme="dark"] {${dark}} }`,
  ];
  return [fonts(), ...themes, ...FILES.map(own)].join('\n');
}

function declarations(rule: string): string {
  return rule.slice(rule.indexOf('{') + 1, rule.lastIndexOf('}'));
}

// The Latin letters of two variable fonts, so that the page looks the same everywhere; other scripts take the system's.
function fonts(): string {
  return [
    face('Inter', '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2', '100 900'),
    face(
      'JetBrains Mono',
      '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2',
      '100 800',
    ),
  ].join('\n');
}

function face(name: string, file: string, weights: string): string {
  const data = readFileSync(new URL(`node_modules/${file}`, root)).toString('base64');
  return `@font-face { font-family: "${name}"; font-weight: ${weights}; font-display: block; src: url(data:font/woff2;base64,${data}) format("woff2"); }`;
}
