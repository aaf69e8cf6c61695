import { existsSync, globSync, readFileSync, statSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** Every Markdown file of the repository, as a path from its root. */
export const markdownFiles: readonly string[] = globSync('**/*.md', {
  cwd: root,
  exclude: (path) => /(?:^|\/)(?:node_modules|dist|coverage)(?:\/|$)|^release(?:\/|$)/.test(path),
}).sort();

/** The text of a file of the repository. */
export function readText(file: string): string {
  return readFileSync(new URL(file, root), 'utf8');
}

/** The headings of a document: `## Install` is level 2. */
export function headingsOf(text: string): { level: number; title: string }[] {
  return [...withoutCode(text).matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', title = '']) => {
    return { level: marks.length, title };
  });
}

/** The contents of fenced code blocks in one language. */
export function codeBlocks(text: string, language: string): string[] {
  const fences = text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...fences].flatMap(([, name, content = '']) => (name === language ? [content] : []));
}

/** The first cell of every row of the generated part called `name`, without code marks. */
export function firstColumn(text: string, name: string): string[] {
  const part = new RegExp(`<!-- generated:${name} -->([\\s\\S]*?)<!-- /generated -->`).exec(text)?.[1] ?? '';
  return [...part.matchAll(/^\| `([^`]+)` \|/gm)].flatMap(([, cell]) => cell ?? []);
}

/** Every relative link of a document that leads to no file, or to no heading of one. */
export function brokenLinks(file: string): string[] {
  const links = [...withoutCode(readText(file)).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => link ?? []);
  return links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(file, link));
}

function leadsSomewhere(file: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? new URL(file, root) : new URL(path, new URL(file, root));
  if (!existsSync(target)) return false;
  if (anchor === undefined) return true;
  const headings = statSync(target).isFile() ? headingsOf(readFileSync(target, 'utf8')) : [];
  return headings.some(({ title }) => slug(title) === anchor);
}

// How GitHub makes an anchor of a heading.
function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}
