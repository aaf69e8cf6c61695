import { type CheckResult, unknown } from './check-result.ts';
import { entryFor } from './registration.ts';
import type { Survey } from './survey.ts';

const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** Namespaces where Pod Security would refuse what the webhook adds. */
export function checkPodSecurity({ namespaces, registrations }: Survey): CheckResult[] {
  const check = 'pod-security';
  if (!namespaces.ok) return [unknown(check, namespaces)];
  if (!registrations.ok) return [unknown(check, registrations)];
  const refusing = [...namespaces.value].filter(([, labels]) => {
    const isStrict = ['baseline', 'restricted'].includes(labels.get(ENFORCE) ?? '');
    return isStrict && entryFor(registrations.value, labels)?.strategy === 'init-container';
  });
  if (refusing.length === 0)
    return [
      { check, level: 'ok', message: 'no namespace gets a privileged container that its Pod Security level refuses' },
    ];
  return refusing.map(([name, labels]) => ({
    check,
    level: 'finding',
    message: `namespace ${name} enforces ${labels.get(ENFORCE)}, and its pods would get the privileged init container: they would be refused`,
    remedy: 'set podSecurity.restrictedNamespaces=node-affinity (or none) in the chart',
  }));
}
