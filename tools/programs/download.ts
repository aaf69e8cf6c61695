import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { codeOf, plain } from '../../src/input/plain.ts';
import type { Progress } from '../process/progress.ts';
import { outputOf, run } from '../process/run.ts';
import { open } from './http.ts';
import type { Release } from './releases.ts';

const REACH_SECONDS = 10;
const STALL_SECONDS = 60;

/** A release that its publisher, or the mirror, has for this platform. */
export interface Offer {
  readonly url: string;
  readonly sha256: string;
  readonly member: string | undefined;
}

/** Why a release cannot be had, in a few words. */
export class Unreachable extends Error {}

/** The address of a release; a mirror has it below its own address, with the publisher's host as the first folder. */
export function atMirror(url: string, mirror: string | undefined): string {
  return mirror === undefined ? url : `${mirror.replace(/\/+$/, '')}/${url.replace('https://', '')}`;
}

/** Asks for the checksum of a release, and so whether it can be had at all. */
export async function offerOf(
  { url, sums, member }: Release,
  mirror: string | undefined,
  signal: AbortSignal,
): Promise<Offer> {
  const address = atMirror(sums, mirror);
  const { host } = new URL(address);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(REACH_SECONDS * 1000)]);
  const { statusCode, body } = await textAt(address, limit).catch((error: unknown) => {
    signal.throwIfAborted();
    const reason = limit.aborted ? `no answer within ${REACH_SECONDS} s` : reasonOf(error);
    throw new Unreachable(`${host} cannot be reached (${reason})`);
  });
  if (statusCode !== 200) throw new Unreachable(`${host} answers ${statusCode} for ${new URL(address).pathname}`);
  const file = url.slice(url.lastIndexOf('/') + 1);
  const sha256 = sumOf(body, file);
  if (sha256 === undefined) throw new Unreachable(`${address} has no checksum of ${file}`);
  return { url: atMirror(url, mirror), sha256, member };
}

/** Downloads a program into a folder and gives back its path there; rejects when anything is wrong with it. */
export async function download(
  { url, sha256, member }: Offer,
  folder: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  const file = join(folder, 'download');
  const sum = await fetchTo(file, url, progress, signal);
  if (sum !== sha256) throw new Error(`${url} has the SHA-256 sum ${sum}, but its publisher says ${sha256}`);
  if (member !== undefined) outputOf(await run('tar', ['-xzf', file, '-C', folder, member]));
  const program = member === undefined ? file : join(folder, member);
  await chmod(program, 0o755);
  return program;
}

async function fetchTo(file: string, url: string, progress: Progress, signal: AbortSignal): Promise<string> {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), STALL_SECONDS * 1000);
  const hash = createHash('sha256');
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      timer.refresh();
      hash.update(chunk);
      progress.add(chunk.length);
      done(null, chunk);
    },
  });
  try {
    const limit = AbortSignal.any([signal, stalled.signal]);
    const response = await open(url, limit);
    if (response.statusCode !== 200) throw new Error(`the server answers ${response.statusCode}`);
    progress.expect(Number(response.headers['content-length'] ?? 0));
    await pipeline(response, meter, createWriteStream(file), { signal: limit });
    return hash.digest('hex');
  } catch (error) {
    signal.throwIfAborted();
    const reason = stalled.signal.aborted ? `no byte within ${STALL_SECONDS} s` : reasonOf(error);
    throw new Error(`${url} broke off: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** The sum of a file in `SUM`, or in lines such as `SUM  FILE`. */
function sumOf(text: string, file: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+\*?/));
  const sum = (lines.length <= 2 ? lines[0]?.[0] : lines.find(([, name]) => name === file)?.[0]) ?? '';
  return /^[0-9a-f]{64}$/.test(sum) ? sum : undefined;
}

async function textAt(url: string, signal: AbortSignal): Promise<{ statusCode: number | undefined; body: string }> {
  const response = await open(url, signal);
  return { statusCode: response.statusCode, body: await text(response) };
}

/** When every address of a host fails, the error has a code but no words. */
function reasonOf(error: unknown): string {
  return plain(error) || (codeOf(error) ?? 'no reason given');
}
