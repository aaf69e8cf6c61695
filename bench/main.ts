// npm run bench: what a review costs, beside a naive express webhook on the same machine at the same time. It prints a
// report; nothing is asserted, since the numbers belong to the machine. Linux only (it reads /proc).
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePorts } from '../tools/process/ports.ts';

const REVIEWS = 3_000;
const ROUNDS = 5;
const CONNECTIONS = 8;
const root = new URL('..', import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), 'max-map-count-bench-'));
const [certFile, keyFile] = [join(directory, 'tls.crt'), join(directory, 'tls.key')];

/** An ordinary review of about 6 KB for a pod with this image. */
function reviewOf(image: string): Buffer {
  const env = Array.from({ length: 60 }, (_, index) => ({
    name: `SETTING_${index}`,
    value: `the value of setting ${index}`,
  }));
  const container = {
    name: 'main',
    image,
    env,
    ports: [{ containerPort: 8080 }],
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  };
  const managedFields = [{ manager: 'kube-controller-manager', fieldsV1: { note: 'x'.repeat(1_500) } }];
  const object = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { generateName: 'bench-', managedFields },
    spec: { containers: [container] },
  };
  const kind = { group: '', version: 'v1', kind: 'Pod' };
  const body = { uid: '705ab4f5-6393-11e8-b7cc-42010a800002', kind, operation: 'CREATE', namespace: 'bench', object };
  return Buffer.from(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: body }));
}

/** Sends one review and resolves when its answer has arrived. */
function send(port: number, body: Buffer, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const options = { host: '127.0.0.1', port, path: '/mutate/init-container', method: 'POST', headers, agent };
    const sent = request(options, (response) => {
      response
        .resume()
        .once('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`)),
        );
    });
    sent.once('error', reject).end(body);
  });
}

/** CPU seconds that a process has used. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function residentMegabytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

interface Candidate {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly startMilliseconds: number;
  readonly idleMegabytes: number;
  stop(): Promise<void>;
}

/** Starts a server and waits for its first correct answer. */
async function start(name: string, port: number, args: readonly string[]): Promise<Candidate> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca: readFileSync(certFile) });
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const first = reviewOf('elasticsearch:8.15.0');
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${name} ended with exit code ${child.exitCode}`);
    const isUp = await send(port, first, agent).then(
      () => true,
      () => false,
    );
    if (isUp) break;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const startMilliseconds = performance.now() - started;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const stop = async () => {
    agent.destroy();
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const pid = child.pid ?? 0;
  return { name, pid, port, startMilliseconds, idleMegabytes: residentMegabytes(pid), stop };
}

/** Microseconds of the server's CPU per review, over keep-alive connections. */
async function cost({ pid, port }: Candidate, body: Buffer): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca: readFileSync(certFile) });
  const before = cpuSeconds(pid);
  let left = REVIEWS;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await send(port, body, agent);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  agent.destroy();
  return ((cpuSeconds(pid) - before) / REVIEWS) * 1e6;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The median time of a whole process. */
function commandMilliseconds(args: readonly string[]): number {
  const times = Array.from({ length: 2 * ROUNDS }, () => {
    const started = performance.now();
    const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
    if (status !== 0) throw new Error(`node ${args.join(' ')} ended with exit code ${status}`);
    return performance.now() - started;
  });
  return median(times);
}

async function main(): Promise<void> {
  const subject = [
    '-subj',
    '/CN=bench',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-keyout',
    keyFile,
    '-out',
    certFile,
  ];
  const ecdsa = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  execFileSync('openssl', ['req', '-x509', ...ecdsa, ...subject], { stdio: 'ignore' });
  const [port = 0, adminPort = 0, naivePort = 0] = await freePorts(3);
  const config = join(directory, 'config.yaml');
  writeFileSync(config, stringify({ listen: { port, adminPort }, tls: { certFile, keyFile }, log: { level: 'warn' } }));
  const ours = await start('this webhook', port, [join(root, 'dist/server.js'), '--config', config]);
  const naive = await start('naive express', naivePort, [
    join(root, 'bench/naive-server.ts'),
    String(naivePort),
    certFile,
    keyFile,
  ]);
  const bodies = {
    'pod without a match': reviewOf('nginx:1.27'),
    'pod with a match': reviewOf('elasticsearch:8.15.0'),
  };
  const rows: string[][] = [];
  for (const [what, body] of Object.entries(bodies)) {
    const [mine, theirs, ratios]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const [a, b] = [await cost(ours, body), await cost(naive, body)];
      // The first round warms up.
      if (round > 0) {
        mine.push(a);
        theirs.push(b);
        ratios.push(a / b);
      }
    }
    rows.push([
      `CPU per review, ${what}`,
      `${median(mine).toFixed(0)} µs`,
      `${median(theirs).toFixed(0)} µs`,
      median(ratios).toFixed(2),
    ]);
  }
  const compare = (name: string, unit: string, a: number, b: number) =>
    rows.push([name, `${a.toFixed(0)} ${unit}`, `${b.toFixed(0)} ${unit}`, (a / b).toFixed(2)]);
  compare('spawn to first correct review', 'ms', ours.startMilliseconds, naive.startMilliseconds);
  compare('resident memory, idle', 'MB', ours.idleMegabytes, naive.idleMegabytes);
  compare('resident memory, after the load', 'MB', residentMegabytes(ours.pid), residentMegabytes(naive.pid));
  const [command, bareNode] = [
    commandMilliseconds([join(root, 'dist/cli.js'), 'catalogue']),
    commandMilliseconds(['-e', '']),
  ];
  console.log(
    `Node ${process.version}, ${bodies['pod with a match'].length} bytes per review, median of ${ROUNDS} rounds of ${REVIEWS}\n`,
  );
  console.log(
    [
      '| | this webhook | naive express | ratio |',
      '|---|---|---|---|',
      ...rows.map((row) => `| ${row.join(' | ')} |`),
    ].join('\n'),
  );
  console.log(`\nkubectl max-map-count catalogue: ${command.toFixed(0)} ms; node alone: ${bareNode.toFixed(0)} ms`);
  await Promise.all([ours.stop(), naive.stop()]);
}

await main().finally(() => rmSync(directory, { recursive: true }));
