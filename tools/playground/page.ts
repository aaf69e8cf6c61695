// One page out of everything: scripts, styles, fonts, examples and licences inline.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { examples } from './examples.ts';
import { licencesOf } from './licences.ts';
import { styles } from './styles.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** The page as one text, with the version it says of itself. */
export async function page(version: string): Promise<string> {
  const worker = await bundle('playground/worker.ts');
  const main = await bundle('playground/main.ts');
  const script = inert(main.text);
  const parts: Readonly<Record<string, string>> = {
    policy: policyFor(script),
    version,
    icon: `data:image/svg+xml,${encodeURIComponent(read('playground/icon.svg').trim())}`,
    styles: styles(),
    licences: escaped(licencesOf([...worker.inputs, ...main.inputs])),
    examples: inert(JSON.stringify(examples())),
    worker: inert(worker.text),
    script,
  };
  return read('playground/index.html').replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`playground/index.html asks for ${name}, which nobody makes`);
    return part;
  });
}

interface Bundle {
  readonly text: string;
  readonly inputs: readonly string[];
}

async function bundle(entry: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root.pathname,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    // Browsers of the last three years.
    target: ['chrome118', 'firefox118', 'safari17'],
    charset: 'utf8',
    legalComments: 'none',
  });
  return { text: outputFiles[0]?.text ?? '', inputs: Object.keys(metafile.inputs) };
}

/**
 * Nothing may be loaded and nothing sent. The one script that runs is known by its hash, the worker is made of the page's own
 * text, and fonts and the icon are part of the page. Styles are the page's and the editor's, which writes its own.
 */
function policyFor(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
}

// What would end the element that holds it.
function inert(text: string): string {
  return text.replace(/<(?=\/script|script|!--)/gi, '\\u003c');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
