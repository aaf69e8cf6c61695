import { describe, expect, it } from 'vitest';
import { arrowsOf, problemWith, roomOf, sourceFiles } from '../../tools/imports/arrows.ts';
import { ROOMS } from '../../tools/imports/rooms.ts';

const problemsIn = (file: string, text: string) => arrowsOf(file, text).flatMap((arrow) => problemWith(arrow) ?? []);

describe('the table of rooms', () => {
  it('only lets a room import from rooms above it, so that no circle of rooms can be', () => {
    const names = ROOMS.map(({ paths }) => paths[0] ?? '');
    for (const [index, { imports }] of ROOMS.entries()) {
      const above = names.slice(0, index);
      const known = [...above, ...above.map((name) => name.split('/')[0])];
      expect(known).toEqual(expect.arrayContaining([...imports]));
    }
  });

  it('has files in every room, and a room for every file', () => {
    const files = sourceFiles();
    expect(files.length).toBeGreaterThan(200);
    const inhabited = new Set(files.map(roomOf));
    expect([...inhabited]).toEqual(expect.arrayContaining([...ROOMS]));
    expect(inhabited).not.toContain(undefined);
  });
});

describe('an import that the table does not allow is named', () => {
  it.each([
    ['a value', 'src/core/a.ts', "import { b } from '../server/b.ts';", 'src/server/b.ts'],
    ['a type', 'src/server/a.ts', "import type { Kube } from '../kube.ts';", 'src/kube.ts'],
    ['an export', 'tools/demo/a.ts', "export * from '../../test/support/b.ts';", 'test/support/b.ts'],
    ['a late import', 'src/server/a.ts', "const b = () => import('../cli/b.ts');", 'src/cli/b.ts'],
    ['another command', 'src/cli/preview/a.ts', "import { b } from '../doctor/b.ts';", 'src/cli/doctor/b.ts'],
    ['a room below', 'src/cli/yaml/a.ts', "import { b } from '../manifests/b.ts';", 'src/cli/manifests/b.ts'],
    ['Node in the core', 'src/core/a.ts', "import { b } from 'node:fs';", 'node:fs'],
    ['a package', 'src/server/a.ts', "import { b } from '@kubernetes/client-node';", '@kubernetes/client-node'],
  ])('%s', (_what, file, text, to) => {
    expect(problemsIn(file, text)).toEqual([expect.stringContaining(`${file} imports ${to}, which `)]);
  });

  it('and a file in no room, too', () => {
    expect(problemsIn('scripts/a.ts', "import 'node:fs';")).toEqual([expect.stringContaining('is in no room')]);
  });

  it.each([
    ['src/server/a.ts', "import { b } from './b.ts'; import type { c } from '../core/c.ts'; import d from 'express';"],
    ['src/kube.ts', "import { b } from '@kubernetes/client-node/dist/config.js'; import c from 'node:http';"],
    ['test/unit/a.test.ts', "import { b } from '../../src/core/b.ts'; import { c } from '../../tools/demo/c.ts';"],
  ])('an allowed one in %s is not', (file, text) => {
    expect(problemsIn(file, text)).toEqual([]);
  });
});
