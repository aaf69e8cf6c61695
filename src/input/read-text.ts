import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { codeOf } from './plain.ts';

const MIB = 1024 * 1024;
const CHUNK = 64 * 1024;
// An open descriptor of ours, such as the shell's <(...): it may be a pipe, since opening it waits for nobody.
const OPEN_DESCRIPTOR = /^\/(?:dev\/stdin|(?:dev|proc\/self)\/fd\/\d+)$/;

/** The text of a file: UTF-8, at most `largest` MiB. Never waits on a pipe or reads a device; throws what `plain` makes one line of. */
export function readText(file: string, largest: number): string {
  const mayBePipe = OPEN_DESCRIPTOR.test(file);
  const isRegular = (descriptor: number) => fstatSync(descriptor).isFile();
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const descriptor = openSync(file, constants.O_RDONLY | (mayBePipe ? 0 : constants.O_NONBLOCK));
  try {
    if (!mayBePipe && !isRegular(descriptor)) throw new Error(`is ${kindOf(file)}, not a regular file`);
    return decode(readAll(descriptor, largest));
  } finally {
    closeSync(descriptor);
  }
}

/** The text of standard input, under the same limits. */
export function readStdin(largest: number): string {
  return decode(readAll(0, largest));
}

function kindOf(file: string): string {
  const status = statSync(file);
  if (status.isDirectory()) return 'a directory';
  if (status.isFIFO()) return 'a named pipe';
  if (status.isSocket()) return 'a socket';
  return 'a device';
}

function readAll(descriptor: number, largest: number): Buffer {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const read = readSome(descriptor, chunk);
    if (read === 0) return Buffer.concat(chunks, length);
    length += read;
    if (length > largest * MIB) throw new Error(`is larger than ${largest} MiB`);
    chunks.push(chunk.subarray(0, read));
  }
}

// Standard input may be a pipe or terminal in non-blocking mode, where a read says "try again" instead of waiting.
function readSome(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk, 0, chunk.length, null);
    } catch (error) {
      if (codeOf(error) === 'EOF') return 0;
      if (codeOf(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function decode(bytes: Buffer): string {
  if (bytes.includes(0)) throw new Error('is binary: it holds a NUL byte');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error('is not UTF-8 text');
  }
}
