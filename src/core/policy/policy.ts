import { type Catalogue, catalogueOf } from '../catalogue.ts';
import type { Strategy } from '../decision.ts';
import type { Settings } from '../settings.ts';
import { FACTS, type Variable } from './facts.ts';
import { mutationExpression, SCRIPT_VARIABLE } from './mutation.ts';
import { rowExpression, rowVariable } from './row.ts';
import { verdictVariables } from './verdict.ts';

/** What pods get in a kind of namespace. */
export type NamespaceStrategy = Strategy | 'none';

/** What an administrator decides about a policy, beside the settings of the webhook. */
export interface PolicyOptions {
  /** The Pod Security level of namespaces that have no label. */
  readonly clusterDefault: 'privileged' | 'baseline' | 'restricted';
  /** What pods get where Pod Security allows a privileged container. */
  readonly privilegedNamespaces: NamespaceStrategy;
  /** What pods get in namespaces that enforce `baseline` or `restricted`. */
  readonly restrictedNamespaces: NamespaceStrategy;
}

/** The expressions of a policy, in their order. */
export interface PolicyText {
  readonly variables: readonly Variable[];
  readonly mutation: string;
}

/** The expressions of a policy for the catalogue in force. */
export function policyText(settings: Settings, options: PolicyOptions): PolicyText {
  const rows = rowVariables(settings.catalogue);
  return {
    variables: [
      ...settingVariables(settings, options),
      ...FACTS,
      ...rows.map(({ name, expression }) => ({ name, expression })),
      ...verdictVariables(rows.map(({ name }) => name)),
      ...resourceVariables(settings.initContainer.resources),
      { name: 'script', expression: SCRIPT_VARIABLE },
    ],
    mutation: mutationExpression(),
  };
}

/** A row's variable, and whose it is. */
export interface RowVariable extends Variable {
  readonly workload: string;
}

/** One variable for each row in force, which none of the others needs. */
function rowVariables({ rows, clientNames, tools }: Catalogue): RowVariable[] {
  // Also of rows that are switched off: so a row's expression is the same whatever the others are.
  const builtIn = catalogueOf();
  const neighbours = {
    clientNames: [...new Set([...builtIn.clientNames, ...clientNames])],
    tools: [...new Set([...builtIn.tools, ...tools])],
  };
  return rows.map((row) => ({
    workload: row.name,
    name: rowVariable(row),
    expression: rowExpression(row, neighbours),
  }));
}

/** The administrator's word, as constants that the other expressions name. */
function settingVariables(settings: Settings, options: PolicyOptions): Variable[] {
  const { initContainer, nodeAffinity, nodes, level } = settings;
  const constants: Record<string, string | number | boolean> = {
    clusterDefault: options.clusterDefault,
    privilegedNamespaces: options.privilegedNamespaces,
    restrictedNamespaces: options.restrictedNamespaces,
    recommended: level === 'recommended',
    guaranteed: nodes.guaranteed,
    nodeLabel: nodeAffinity.label,
    nodeAffinityMode: nodeAffinity.mode,
    image: initContainer.image,
    imagePullPolicy: initContainer.imagePullPolicy,
  };
  return Object.entries(constants).map(([name, value]) => ({ name, expression: JSON.stringify(value) }));
}

/** Requests and limits of the init container. */
function resourceVariables(resources: Settings['initContainer']['resources']): Variable[] {
  return (['requests', 'limits'] as const).map((name) => {
    if (resources !== 'inherit') {
      const { cpu, memory } = resources;
      return { name, expression: `{"cpu": ${JSON.stringify(cpu)}, "memory": ${JSON.stringify(memory)}}` };
    }
    const amounts = `variables.source[0].?${name}.orValue({})`;
    return {
      name,
      expression: `${amounts}.transformMap(k, v, k in ['cpu', 'memory', 'ephemeral-storage'], v)`,
    };
  });
}

/** A policy in pieces, from which helm puts one together; `@ROWS@` stands for the rows in force. */
export function policyPieces(): Readonly<Record<string, readonly Variable[] | string>> {
  return {
    facts: FACTS,
    rows: rowVariables(catalogueOf()),
    verdict: verdictVariables(['@ROWS@']).map(({ name, expression }) => ({
      name,
      expression: expression.replace('variables.@ROWS@[i]', '@ROWS@'),
    })),
    inherited: resourceVariables('inherit'),
    script: [{ name: 'script', expression: SCRIPT_VARIABLE }],
    mutation: mutationExpression(),
  };
}
