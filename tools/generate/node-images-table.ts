import { NODE_IMAGES } from '../../src/cli/node-images.ts';
import { table } from './markdown.ts';

/** What nodes have, by their image. */
export function nodeImagesTable(): string {
  const rows = NODE_IMAGES.map(({ title, value, source, seen, note = '' }) => {
    return [title, value === null ? 'of the machine below' : String(value), `[source](${source})`, seen, note];
  });
  return table(['node', '`vm.max_map_count`', 'from', 'read', 'note'], rows);
}
