import { type Level, type Shared, sharedFrom } from '../src/cli/share/shared.ts';

/** A case of the repository to begin with. */
export interface Example extends Shared {
  /** `article`, or the reason code that it shows. */
  readonly name: string;
}

/** The examples that the build put into the page. */
export function examplesIn(json: string): Example[] {
  const all = JSON.parse(json) as { name: string; level: Level }[];
  return all.flatMap((one): Example[] => {
    const shared = sharedFrom(one);
    return shared ? [{ ...shared, name: one.name }] : [];
  });
}
