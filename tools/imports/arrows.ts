import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parseAst } from 'vitest/node';
import { ROOMS, type Room } from './rooms.ts';

/** An import of a file: of another file of the repository, or of a package. Imports of types count. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
}

const ROOT = new URL('../../', import.meta.url);

/** Every TypeScript file that belongs to a room, from the top of the repository. */
export function sourceFiles(): string[] {
  return globSync('{src,playground,tools,bench,test,e2e}/**/*.ts', { cwd: ROOT }).sort();
}

/** What a file imports, resolved. */
export function arrowsOf(from: string, text = readFileSync(new URL(from, ROOT), 'utf8')): Arrow[] {
  return specifiersIn(parseAst(text, { lang: 'ts' })).map((specifier) => {
    return { from, to: specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier };
  });
}

// Import and export declarations and import() of a constant all hold their specifier as `source`.
function specifiersIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, source } = node as { type?: unknown; source?: { value?: unknown } | null };
  const isImport = typeof type === 'string' && /^(?:Import|Export\w+)(?:Declaration|Expression)$/.test(type);
  const own = isImport && typeof source?.value === 'string' ? [source.value] : [];
  return [...own, ...Object.values(node).flatMap(specifiersIn)];
}

/** The room of a file; undefined when the table has none. */
export function roomOf(file: string): Room | undefined {
  const fits = (path: string) => file === path || file.startsWith(`${path}/`);
  const length = ({ paths }: Room) => Math.max(0, ...paths.filter(fits).map((path) => path.length));
  const [best] = [...ROOMS].sort((left, right) => length(right) - length(left));
  return best && length(best) > 0 ? best : undefined;
}

/** What is wrong with an arrow by the table of rooms, in one sentence; undefined when nothing is. */
export function problemWith({ from, to }: Arrow): string | undefined {
  const room = roomOf(from);
  if (!room) return `${from} is in no room: add it to tools/imports/rooms.ts`;
  const name = room.paths[0];
  if (!/^(?:src|playground|tools|bench|test|e2e)\//.test(to)) {
    const isAllowed = room.packages.some((allowed) => allowed === 'any' || isOf(to, allowed));
    return isAllowed ? undefined : `${from} imports ${to}, which ${name} may not`;
  }
  const target = roomOf(to);
  if (target === room) return undefined;
  const isAllowed = room.imports.some((allowed) => target?.paths[0] === allowed || isWhole(allowed, to));
  return isAllowed ? undefined : `${from} imports ${to}, which ${name} may not`;
}

function isOf(specifier: string, allowed: string): boolean {
  return allowed.endsWith(':') ? specifier.startsWith(allowed) : `${specifier}/`.startsWith(`${allowed}/`);
}

// `src` and `tools` stand for all rooms in them.
function isWhole(allowed: string, file: string): boolean {
  return !allowed.includes('/') && file.startsWith(`${allowed}/`);
}
