// Rows of an administrator's own, with everything in them that changes how a row's expression is made.
import { expect, it } from 'vitest';
import { evaluate } from '../../../../src/core/evaluate.ts';
import { policyPieces, policyText } from '../../../../src/core/policy/policy.ts';
import { settingsOf } from '../../../support/cases.ts';
import { evaluatorFor, optionsFor } from '../../../support/policy.ts';

const CONFIG = `workloads:
  - name: made-up
    required: 300000
    images: [made.up/thing, '*/made-up-part']
    earlier: [{from: '1.0', before: '2.0', required: 100000}, {before: '0', required: 0}]
    versions: [{images: [made.up/thing], from: '0'}]
    bootstrapChecks: true
    checkedAtStart: [made.up/thing]
    tools: [start-backup]
  - name: bare
    required: 70000
    images: [bare]
`;

it.each<[string, object, string]>([
  ['quay.io/made.up/thing:3.1', {}, 'init-container=300000'],
  // Its registry would be made.up.
  ['made.up/thing:3.1', {}, 'left alone'],
  ['quay.io/made.up/thing:1.5', {}, 'left alone'],
  ['quay.io/made.up/thing', { env: [{ name: 'discovery.type', value: 'single-node' }] }, 'init-container=300000'],
  ['bare:1', {}, 'init-container=70000'],
  // Where a row knows a tool of such a name, the name of a script says nothing.
  ['bare:1', { command: ['/start-backup.sh'] }, 'left alone'],
  ['bare:1', { command: ['/start-server.sh'] }, 'left alone'],
])('%s with %j: %s', (image, more, expected) => {
  const pod = { metadata: { name: 'own' }, spec: { containers: [{ name: 'main', image, ...more }] } };
  const settings = settingsOf(CONFIG);
  const decision = evaluate(pod, { strategy: 'init-container' }, settings);
  const verdict = evaluatorFor(CONFIG, settings, 'init-container')(pod);
  expect(verdict).not.toHaveProperty('problem');
  expect(verdict.patch === null ? 'left alone' : `${verdict.patch}=${verdict.value}`).toBe(expected);
  if (verdict.patch !== null) expect(decision).toMatchObject({ decision: 'patch', value: verdict.value });
});

it('in pieces, as the chart has it, says the same', () => {
  const { variables, mutation } = policyText(settingsOf('{}'), optionsFor('init-container'));
  const { facts = [], rows = [], verdict = [], inherited = [], script = [], mutation: own } = policyPieces();
  const pieces = [facts, rows, verdict, inherited, script].flatMap((list) => (typeof list === 'string' ? [] : list));
  const names = [...rows].flatMap((row) => (typeof row === 'string' ? [] : [`variables.${row.name}[i]`])).join(', ');
  const made = pieces.map(({ name, expression }) => ({ name, expression: expression.replace('@ROWS@', names) }));
  expect(made).toEqual(variables.slice(-made.length));
  expect(own).toBe(mutation);
});
