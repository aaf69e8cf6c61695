import type { AllowedStrategy } from '../../core/decision.ts';
import type { Settings } from '../../core/settings.ts';
import type { PolicyEvaluator } from '../../policy/evaluate.ts';
import { settingsFrom } from '../config-file.ts';
import { Failure } from '../failure.ts';
import { type Io, paint } from '../io.ts';
import { decidedInputs, type ManifestOptions } from '../manifests/inputs.ts';
import type { Engine } from './output.ts';
import { type ShowOptions, showInputs } from './show.ts';

/** The options of `preview`. */
export interface PreviewOptions extends ManifestOptions, ShowOptions {
  readonly config?: string;
  readonly engine: Engine;
}

/** Shows what the webhook would do to every object that makes pods. */
export async function preview(options: PreviewOptions, io: Io): Promise<number> {
  if (options.filename.length === 0 && options.kustomize === undefined) {
    throw new Failure('say what to preview: -f FILE, -f - for standard input, or -k DIRECTORY for kustomize');
  }
  const settings = await settingsFrom(options.config);
  const say = (line: string) => io.stderr.write(`${paint(io.stderr, 'cyan', 'note:')} ${line}\n`);
  const deciding =
    options.engine === 'webhook' ? options : { ...options, policy: await policyFor(settings, options.strategy) };
  return showInputs(decidedInputs(deciding, settings, say), settings, options, io);
}

async function policyFor(settings: Settings, strategy: AllowedStrategy): Promise<PolicyEvaluator> {
  const [{ policyText }, { policyEvaluator }] = await Promise.all([
    import('../../core/policy/policy.ts'),
    import('../../policy/evaluate.ts'),
  ]);
  const namespaces = { privilegedNamespaces: strategy, restrictedNamespaces: strategy };
  return policyEvaluator(policyText(settings, { clusterDefault: 'privileged', ...namespaces }));
}
