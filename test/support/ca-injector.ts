import type { Kubectl } from '../../tools/control-plane/kubectl.ts';
import { outputOf } from '../../tools/process/run.ts';
import type { WebhookConfiguration } from './chart.ts';

/**
 * Does to a MutatingWebhookConfiguration what cert-manager's CA injector does from 1.21 on: a forced server-side apply of
 * each entry's name and caBundle, which makes it a co-owner of the entry.
 * https://github.com/cert-manager/cert-manager/blob/v1.21.2/pkg/controller/cainjector/injectables.go
 */
export async function injectAuthority(kubectl: Kubectl, name: string, authority: string): Promise<void> {
  const stored = outputOf(await kubectl(['get', 'mutatingwebhookconfiguration', name, '-o', 'json']));
  const { apiVersion, kind, webhooks } = JSON.parse(stored) as WebhookConfiguration;
  const entries = webhooks.map((entry) => ({ name: entry.name, clientConfig: { caBundle: btoa(authority) } }));
  const input = JSON.stringify({ apiVersion, kind, metadata: { name }, webhooks: entries });
  const manager = ['--server-side', '--force-conflicts', '--field-manager=cert-manager-cainjector'];
  outputOf(await kubectl(['apply', ...manager, '-f', '-'], { input }));
}
