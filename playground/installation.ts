import { stringify } from 'yaml';
import { conditionsYaml } from '../src/cli/conditions-yaml.ts';
import { parseConfig } from '../src/config/config.ts';
import { matchConditionsFor } from '../src/core/match-conditions.ts';
import { policyObjects } from '../src/core/policy/objects.ts';
import type { Installation, Question } from './answer.ts';
import { namespacesFor } from './namespaces.ts';

const NOTHING: Installation = { conditions: '', policy: '' };

/** What an installation with this configuration gives the API server: match conditions of the webhook, or a policy. */
export function installationOf({ config, level, strategy }: Question): Installation {
  const read = parseConfig(config, 'config.yaml');
  if (!read.ok) return NOTHING;
  const { settings } = read.config;
  const { conditions } = matchConditionsFor(settings.catalogue.rows);
  // A policy cannot log or count what it would do.
  if (settings.mode === 'observe') return { conditions: conditionsYaml(conditions), policy: '' };
  const objects = policyObjects(settings, { ...namespacesFor(level, strategy), version: 'v1', isStatic: false });
  return {
    conditions: conditionsYaml(conditions),
    policy: objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n'),
  };
}
