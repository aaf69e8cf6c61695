// Runs in a worker, so that nothing that somebody writes freezes the page: first what was decided, then the texts.

import { withoutValues } from '../src/cli/share/without-values.ts';
import { parseConfig } from '../src/config/config.ts';
import { decide, MANIFEST } from './decide.ts';
import { installationOf } from './installation.ts';
import type { Ask, Tell } from './messages.ts';
import { textsOf } from './texts.ts';

const scope = self as unknown as { onmessage: (event: MessageEvent<Ask>) => void; postMessage: (tell: Tell) => void };

scope.onmessage = ({ data: { id, what, question } }) => {
  if (what === 'redact') return scope.postMessage({ id, what: 'redacted', shareable: shareable(question) });
  const { answer, decided } = decide(question);
  scope.postMessage({ id, what: 'answered', answer });
  scope.postMessage({
    id,
    what: 'texts',
    texts: { ...(decided ? textsOf(decided) : NO_TEXTS), installation: installationOf(question) },
  });
};

const NO_TEXTS = { templates: [], diff: '', yaml: '' };

function shareable({ manifest, config, strategy }: Ask['question']) {
  const read = parseConfig(config, 'config.yaml');
  if (!read.ok) return read;
  return withoutValues(MANIFEST, manifest, { strategy }, read.config.settings);
}
