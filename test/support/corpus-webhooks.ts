// One built server for each configuration of the corpus, all behind one webhook configuration: a label of the namespace
// says which of them the API server calls, and on which path.
import { parse } from 'yaml';
import { matchConditionsFor } from '../../src/core/match-conditions.ts';
import { PREFILTER } from '../../src/core/prefilter.ts';
import { type Supervisor, startSupervisor } from '../../tools/process/supervisor.ts';
import {
  renderWebhookConfiguration,
  type WebhookConfiguration,
  type WebhookEntry,
} from '../../tools/webhook/configuration.ts';
import { register, unregister } from '../../tools/webhook/register.ts';
import { startWebhookServer, type WebhookServer } from '../../tools/webhook/server.ts';
import { type Case, settingsOf } from './cases.ts';
import type { Cluster } from './cluster.ts';

/** The namespace label that chooses server and path. */
export const GROUP_LABEL = 'corpus';

/** The cases that one path of one server decides. */
export interface CaseGroup {
  /** Of the namespaces whose pods pass the prefilter of the group's rows first. */
  readonly label: string;
  /** Of those whose pods are all sent. */
  readonly unfiltered: string;
  readonly strategy: Case['strategy'];
  readonly config: string;
}

/** The group of every case, by its name; equal strategy and configuration give the same group. */
export function groupsOf(cases: readonly Case[]): Map<string, CaseGroup> {
  const groups = new Map<string, CaseGroup>();
  return new Map(
    cases.map(({ name, strategy, config }) => {
      const key = `${strategy}\n${config}`;
      const group = groups.get(key) ?? {
        ...{ label: `group-${groups.size}`, unfiltered: `unfiltered-${groups.size}` },
        ...{ strategy, config },
      };
      groups.set(key, group);
      return [name, group];
    }),
  );
}

/** The webhooks of the corpus, registered. */
export interface CorpusWebhooks {
  readonly configuration: WebhookConfiguration;
  /** Takes them away again. */
  stop(): Promise<void>;
}

/** Starts and registers the servers. */
export async function startCorpusWebhooks(
  { binaries, kubectl, auditLog }: Pick<Cluster, 'binaries' | 'kubectl'> & { readonly auditLog: string },
  groups: readonly CaseGroup[],
  probeNamespace: string,
): Promise<CorpusWebhooks> {
  const supervisor = await startSupervisor();
  const registrar = { kubectl, auditLog };
  try {
    const servers = await startServers(supervisor, groups);
    const unused = { url: 'https://127.0.0.1', authority: '' };
    const rendered = await renderWebhookConfiguration({ helm: binaries.helm, ...unused });
    const configuration = { ...rendered, webhooks: groups.flatMap((group) => entriesFor(group, servers, rendered)) };
    await register(registrar, configuration, probeNamespace);
    const stop = async () => {
      await unregister(registrar, configuration.metadata.name, probeNamespace);
      await supervisor.stop();
    };
    return { configuration, stop };
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

async function startServers(supervisor: Supervisor, groups: readonly CaseGroup[]): Promise<Map<string, WebhookServer>> {
  const configs = [...new Set(groups.map(({ config }) => config))];
  const start = async (config: string) => [config, await startWebhookServer(supervisor, parse(config))] as const;
  return new Map(await Promise.all(configs.map(start)));
}

/** The chart's first entry, twice: for the namespaces of one group only, with and without the prefilter for its rows. */
function entriesFor(
  { label, unfiltered, strategy, config }: CaseGroup,
  servers: ReadonlyMap<string, WebhookServer>,
  { webhooks: [entry] }: WebhookConfiguration,
): WebhookEntry[] {
  const server = servers.get(config);
  if (server === undefined || entry === undefined) throw new Error(`${label}: there is no server or no entry for it`);
  const caBundle = Buffer.from(server.authority.certificate).toString('base64');
  const { conditions } = matchConditionsFor(settingsOf(config).catalogue.rows);
  const variants = [
    [label, conditions],
    [unfiltered, conditions.filter(({ name }) => name !== PREFILTER)],
  ] as const;
  return variants.map(([value, matchConditions]) => ({
    ...entry,
    name: `${value}.max-map-count.io`,
    // A busy machine is no reason to go on without the webhook here.
    timeoutSeconds: 30,
    clientConfig: { url: `${server.url}/mutate/${strategy}`, caBundle },
    matchConditions,
    namespaceSelector: { ...entry.namespaceSelector, matchLabels: { [GROUP_LABEL]: value } },
  }));
}
