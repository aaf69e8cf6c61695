import { ROOMS, type Room } from '../imports/rooms.ts';
import { code, codes, table } from './markdown.ts';

/** Who may import what, as a table; rooms that may import nothing but what others share too are shown like all others. */
export function roomsTable(): string {
  const rows = ROOMS.map((room) => [codes(room.paths), room.holds, codes(room.imports), packagesOf(room)]);
  return table(['room', 'for', 'may import', 'packages'], rows);
}

function packagesOf({ packages }: Room): string {
  return packages.map((name) => (name === 'any' ? 'any' : name === 'node:' ? 'Node’s own' : code(name))).join(', ');
}
