import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { plain } from '../../src/input/plain.ts';
import { duration } from '../process/progress.ts';
import { type Binaries, MissingBinaries } from './binaries.ts';
import { obtainBinaries } from './obtain.ts';
import { CONTROL_PLANE, moduleOf } from './programs.ts';

const USAGE = `usage: npm run control-plane [-- [--kubernetes MINOR] [--mirror URL]]

  --kubernetes MINOR   another version than the newest, such as 1.30
  --mirror URL         download from there; it has https://HOST/PATH as URL/HOST/PATH. Default: CONTROL_PLANE_MIRROR
  --help               print this text`;
/** Where the command writes, and what ends it. */
export interface Surroundings {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Gets the programs of a real control plane. The exit code: 0 they are there, 1 they cannot be had, 2 wrong arguments, 130 stopped. */
export async function controlPlaneCommand(args: string[], { say, signal }: Surroundings): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    say(`${options}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    say(USAGE);
    return 0;
  }
  const started = Date.now();
  try {
    const binaries = await obtainBinaries(CONTROL_PLANE, { ...options, say, signal });
    for (const line of placesOf(binaries, options.kubernetes)) say(line);
    say(`The control plane is complete (${duration((Date.now() - started) / 1000)}).`);
    return 0;
  } catch (error) {
    if (signal.aborted) {
      say('stopped; what was complete is kept, and the next run goes on from there');
      return 130;
    }
    const message = plain(error);
    const hint = '\nNothing half-made is kept, and the next run goes on from what is complete.';
    say(error instanceof MissingBinaries ? message : message + hint);
    return 1;
  }
}

interface Options {
  readonly help: boolean;
  readonly kubernetes: string | undefined;
  readonly mirror: string | undefined;
}

function readOptions(args: string[]): Options | string {
  try {
    const text = { type: 'string' } as const;
    const options = { kubernetes: text, mirror: text, help: { type: 'boolean', default: false, short: 'h' } } as const;
    const { kubernetes, mirror, help } = parseArgs({ args, options }).values;
    moduleOf('kube-apiserver', kubernetes);
    const address = mirror ?? (process.env.CONTROL_PLANE_MIRROR || undefined);
    if (address !== undefined && !/^https?:$/.test(URL.parse(address)?.protocol ?? '')) {
      return `the mirror ${address} is not an http or https address`;
    }
    return { help, kubernetes, mirror: address };
  } catch (error) {
    return plain(error);
  }
}

/** Where everything is, and how to use it where that is not what happens by itself. */
function placesOf(binaries: Binaries<(typeof CONTROL_PLANE)[number]>, kubernetes: string | undefined): string[] {
  const folders = [...new Set(Object.values(binaries).map((path) => dirname(path)))];
  const programsIn = (folder: string) => CONTROL_PLANE.filter((program) => dirname(binaries[program]) === folder);
  const places = folders.map((folder) => `${folder}: ${programsIn(folder).join(', ')}`);
  const { KUBEBUILDER_ASSETS } = process.env;
  const release = dirname(binaries['kube-apiserver']);
  if (kubernetes !== undefined) return [...places, `To run demo and tests on it: export KUBEBUILDER_ASSETS=${release}`];
  if (!KUBEBUILDER_ASSETS || KUBEBUILDER_ASSETS === release) return places;
  return [...places, `To run demo and tests on it, unset KUBEBUILDER_ASSETS: ${KUBEBUILDER_ASSETS} lacks programs.`];
}
