import { withProgress } from '../process/progress.ts';
import { type Binaries, findBinaries, findSome, MissingBinaries, missingOf } from './binaries.ts';
import { buildPrograms, hasGo } from './build.ts';
import { download, type Offer, offerOf, Unreachable } from './download.ts';
import { type Program, toolsFolder } from './programs.ts';
import { releaseOf } from './releases.ts';
import { type Staging, withStaging } from './staging.ts';
import { newestKubernetes } from './versions.ts';

/** How to get programs. */
export interface ObtainOptions {
  readonly say: (line: string) => void;
  /** A minor version such as 1.30. Default: the newest. */
  readonly kubernetes?: string | undefined;
  /** The address of a server that has the releases below the names of their publishers' hosts. */
  readonly mirror?: string | undefined;
  /** Ends it; what is complete is kept. */
  readonly signal?: AbortSignal;
}

/** Finds programs, downloads those that are missing, and builds with Go what no publisher has for this machine. */
export async function obtainBinaries<P extends Program>(
  wanted: readonly P[],
  options: ObtainOptions,
): Promise<Binaries<P>> {
  const found = findSome(wanted, options);
  if (missingOf(wanted, found).length === 0) return found as Binaries<P>;
  // A release that somebody else put together is not added to: the cache gets a whole one.
  const own = { ...options, kubernetes: options.kubernetes ?? newestKubernetes() };
  const missing = missingOf(wanted, findSome(wanted, own));
  if (missing.length > 0) await withStaging((staging) => fill(missing, staging, own));
  return findBinaries(wanted, own);
}

async function fill(missing: readonly Program[], staging: Staging, options: ObtainOptions): Promise<void> {
  const { say, kubernetes, mirror, signal = new AbortController().signal } = options;
  say(`missing: ${missing.join(', ')}; asking ${mirror ?? 'their publishers'} for them`);
  const offers = await Promise.all(
    missing.map(async (program) => {
      const release = releaseOf(program, kubernetes);
      if (release === undefined) return [program, new Unreachable(`nobody publishes ${program} by itself`)] as const;
      const offer = offerOf(release, mirror, signal).catch((error: unknown) => {
        if (error instanceof Unreachable) return error;
        throw error;
      });
      return [program, await offer] as const;
    }),
  );
  const refused = offers.filter((pair): pair is [Program, Unreachable] => pair[1] instanceof Unreachable);
  const reasons = [...new Set(refused.map(([, { message }]) => message))].join('; ');
  const toBuild = refused.map(([program]) => program);
  // Said before minutes of downloads, too, which would not be enough.
  if (toBuild.length > 0 && !(await hasGo())) throw new MissingBinaries(explain(toBuild, reasons));
  for (const [program, offer] of offers) {
    if (!(offer instanceof Unreachable)) await fetchOne(program, offer, staging, { say, kubernetes, signal });
  }
  if (toBuild.length === 0) return;
  say(`${reasons}; building with Go instead: a quarter of an hour on two idle cores for all, resumable with Ctrl-C`);
  await buildPrograms(toBuild, { kubernetes, staging, say, signal });
}

async function fetchOne(
  program: Program,
  offer: Offer,
  staging: Staging,
  { say, kubernetes, signal }: { say: (line: string) => void; kubernetes: string | undefined; signal: AbortSignal },
): Promise<void> {
  const amount = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  const file = await withProgress({ what: `downloading ${program} from ${offer.url}`, amount, say }, (progress) =>
    download(offer, staging.folder(program), progress, signal),
  );
  staging.keep(program, file, kubernetes);
}

function explain(missing: readonly Program[], reasons: string): string {
  const { KUBEBUILDER_ASSETS } = process.env;
  const assets = KUBEBUILDER_ASSETS
    ? `not in KUBEBUILDER_ASSETS (${KUBEBUILDER_ASSETS})`
    : 'KUBEBUILDER_ASSETS is not set';
  return (
    `cannot get ${missing.join(', ')}: ${assets}, nothing in ${toolsFolder()}, ${reasons}, and there is no Go to build with; ` +
    'any of these would help: Go 1.26 or newer (https://go.dev/dl), --mirror URL of a server that has the releases, or ' +
    'KUBEBUILDER_ASSETS with a folder that holds the programs'
  );
}
