// What the chart makes its prefilter of: the text, and what the built-in rows are recognised by.
import { builtInWorkloads } from '../../src/core/catalogue.ts';
import { PREFILTER, PREFILTER_ROWS, PREFILTER_TEXT } from '../../src/core/prefilter.ts';
import type { RecognisedBy } from '../../src/core/prefilter-words.ts';

/** The chart's files/prefilter.json. */
export function prefilterFile(): string {
  const rows = builtInWorkloads.map(
    ({ name, images, env, mounts, labels, hints }): RecognisedBy & { name: string } => ({
      name,
      images,
      env,
      mounts,
      labels,
      hints: { images: hints.images, env: hints.env, ports: hints.ports, containers: hints.containers },
    }),
  );
  const file = { name: PREFILTER, most: PREFILTER_ROWS, text: PREFILTER_TEXT.split('\n'), rows };
  return `${JSON.stringify(file, null, 2)}\n`;
}
