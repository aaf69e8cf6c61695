// Part of `npm run check`: no file imports what the table of rooms does not allow its room. Circles are biome's to find.
import { arrowsOf, problemWith, sourceFiles } from './arrows.ts';

const files = sourceFiles();
const problems = files.flatMap((file) => arrowsOf(file).flatMap((arrow) => problemWith(arrow) ?? []));
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error('What may import what is said in tools/imports/rooms.ts, and shown in docs/architecture.md.');
  process.exitCode = 1;
}
