// The memory of `doctor` must not depend on how many pods there are: a heap that could not hold 50,000 is enough for them.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const PAGE = 250;
const MEGABYTES = 128;
// Reported by the process itself, in kilobytes.
const PEAK = 'process.on("exit", () => process.stderr.write(`peak ${process.resourceUsage().maxRSS}\\n`))';

/** A pod as an API server tells of it, of two kilobytes; every hundredth should have been patched. */
function podAt(index: number): string {
  const image = index % 100 === 0 ? 'elasticsearch:8.15.0' : 'registry.example.com/team/app:1.2.3';
  return TEMPLATE.replace('NAME', `app-${index}`)
    .replace('NAMESPACE', `team-${index % 50}`)
    .replace('OWNER', `app-${index % 5000}`)
    .replace('IMAGE', image);
}

const env = Array.from({ length: 12 }, (_, number) => ({ name: `SETTING_${number}`, value: 'x'.repeat(60) }));
const TEMPLATE = JSON.stringify({
  metadata: {
    ...{ name: 'NAME', namespace: 'NAMESPACE', annotations: { 'example.com/note': 'x'.repeat(400) } },
    ownerReferences: [{ kind: 'StatefulSet', name: 'OWNER', controller: true }],
  },
  spec: { nodeName: 'worker', containers: [{ name: 'app', image: 'IMAGE', env }] },
  status: { phase: 'Running', containerStatuses: [{ name: 'app', ready: true, state: { running: {} } }] },
});

let server: Server;
let served = 0;
let total = 0;
const directory = mkdtempSync(join(tmpdir(), 'doctor-scale-'));
const kubeconfig = join(directory, 'kubeconfig');

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://any');
    response.setHeader('content-type', 'application/json');
    if (url.pathname !== '/api/v1/pods') return response.end(JSON.stringify({ items: [], metadata: {} }));
    const start = Number(url.searchParams.get('continue') ?? 0);
    const next = Math.min(start + PAGE, total);
    const items = Array.from({ length: next - start }, (_, index) => podAt(start + index));
    served += items.length;
    const metadata = JSON.stringify(next < total ? { continue: String(next) } : {});
    return response.end(`{"items":[${items.join(',')}],"metadata":${metadata}}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cluster = { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'fake' },
    clusters: [{ name: 'fake', cluster }],
    users: [{ name: 'fake', user: {} }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
  };
  writeFileSync(kubeconfig, stringify(config));
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

async function peakFor(pods: number): Promise<{ stdout: string; megabytes: number }> {
  [served, total] = [0, pods];
  const flags = [`--max-old-space-size=${MEGABYTES}`, '--import', `data:text/javascript,${encodeURIComponent(PEAK)}`];
  const child = spawn(process.execPath, [...flags, MAIN, 'doctor', '-o', 'json', '--kubeconfig', kubeconfig]);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(served, stderr).toBe(pods);
  return { stdout, megabytes: Number(/^peak (\d+)$/m.exec(stderr)?.[1]) / 1024 };
}

it('50,000 pods are looked at in the memory that 5,000 take, and a half', { timeout: 240_000 }, async () => {
  const few = await peakFor(5000);
  const many = await peakFor(50_000);
  const { findings } = JSON.parse(many.stdout) as { findings: { id: string; message: string }[] };
  const missed = findings.filter(({ id }) => id === 'pods-missed');
  expect(missed).toHaveLength(21);
  expect(missed[20]?.message).toMatch(/^and 30 more like these, with 300 pods/);
  expect(many.megabytes).toBeLessThan(few.megabytes * 1.5);
});
