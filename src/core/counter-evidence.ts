import type { CatalogueRow } from './catalogue-row.ts';
import type { Evidence } from './decision.ts';
import type { Inspected } from './inspect.ts';
import { text } from './json.ts';
import type { Container, Pod } from './pod.ts';
import { commandPath } from './runs.ts';

/** Adds what speaks against a row in a container, besides its image. */
export function addCounterEvidence(inspected: Inspected, pod: Pod, row: CatalogueRow, evidence: Evidence[]): void {
  const { container, runs, client } = inspected;
  if (runs !== 'server') {
    const shown = [...container.command, ...container.args].join(' ').slice(0, 80);
    const signal = runs === 'tool' ? 'tool-command' : 'other-command';
    evidence.push({ signal, container: container.name, path: commandPath(container), value: shown });
  }
  if (hasOnlyForeignPorts(container, row)) {
    const value = container.ports.slice(0, 5).join(', ');
    evidence.push({ signal: 'other-ports', container: container.name, path: `${container.path}/ports`, value });
  }
  const restarts = text(pod.spec, 'restartPolicy') ?? 'Always';
  if (restarts !== 'Always')
    evidence.push({ signal: 'restart-policy', container: null, path: '/spec/restartPolicy', value: restarts });
  if (client) evidence.push(client);
}

function hasOnlyForeignPorts({ ports }: Container, { ownPorts }: CatalogueRow): boolean {
  return ports.length > 0 && ownPorts.size > 0 && !ports.some((port) => ownPorts.has(port));
}
