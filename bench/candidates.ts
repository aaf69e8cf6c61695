import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { freePorts } from '../tools/process/ports.ts';
import { hasGo } from '../tools/programs/build.ts';

/** A webhook server to be measured. */
export interface Candidate {
  readonly name: string;
  readonly port: number;
  readonly command: string;
  readonly args: readonly string[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const go = join(root, 'bench/go');

/** The four candidates, ours first, with their files in `directory`: tls.crt and tls.key must be there. */
export async function candidates(directory: string, say: (line: string) => void): Promise<Candidate[]> {
  const [ours = 0, admin = 0, express = 0, usual = 0, lean = 0] = await freePorts(5);
  const [certFile, keyFile] = [join(directory, 'tls.crt'), join(directory, 'tls.key')];
  const config = join(directory, 'config.yaml');
  await writeFile(config, stringify({ listen: { port: ours, adminPort: admin }, tls: { certFile, keyFile } }));
  const node = process.execPath;
  const found: Candidate[] = [
    { name: 'this webhook', port: ours, command: node, args: [join(root, 'dist/server.js'), '--config', config] },
    {
      name: 'naive express',
      port: express,
      command: node,
      args: [join(root, 'bench/naive-express.ts'), String(express), certFile, keyFile],
    },
  ];
  if (!(await hasGo())) {
    say('LEFT OUT: the Go webhooks. Install Go 1.26 or newer: https://go.dev/dl');
    return found;
  }
  say('building bench/go (minutes, the first time)');
  const program = join(directory, 'go-webhook');
  await promisify(execFile)('go', ['build', '-mod=readonly', '-trimpath', '-o', program, '.'], {
    cwd: go,
    env: { ...process.env, CGO_ENABLED: '0' },
  });
  const args = (port: number) => ['-port', String(port), '-cert-dir', directory];
  return [
    ...found,
    { name: 'Go, controller-runtime', port: usual, command: program, args: args(usual) },
    { name: 'Go, by hand', port: lean, command: program, args: [...args(lean), '-lean'] },
  ];
}
