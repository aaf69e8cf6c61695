// What node selection says about the value, as a table of rules: what a pod is promised, what rules our expression out, and
// what is added. https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity
import { describe, expect, it } from 'vitest';
import { affinityOperations, guaranteedBySelection, obstacle, prefersPrepared } from '../../../src/core/affinity.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { readPod } from '../../../src/core/read-pod.ts';

const LABEL = 'max-map-count.io/value';
const NEED = 262_144;

function podWith(spec: JsonObject) {
  const pod = readPod({ spec: { containers: [{ name: 'c', image: 'i' }], ...spec } });
  if (!pod) throw new Error('no pod');
  return pod;
}

const on = (operator: string, ...values: string[]) => ({ key: LABEL, operator, values });
const term = (...matchExpressions: JsonObject[]) => ({ matchExpressions });
const requiring = (...nodeSelectorTerms: JsonObject[]) => {
  const requiredDuringSchedulingIgnoredDuringExecution = { nodeSelectorTerms };
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution } } };
};
const elsewhere = { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] };

describe('what every node that the pod may go to has at least', () => {
  it.each<[string, JsonObject, number | undefined]>([
    ['nothing is said', {}, undefined],
    ['the node selector names a value', { nodeSelector: { [LABEL]: '262144' } }, 262_144],
    ['the node selector names no number', { nodeSelector: { [LABEL]: 'high' } }, undefined],
    ['Gt is above its number', requiring(term(on('Gt', '262143'))), 262_144],
    ['In is its lowest number', requiring(term(on('In', '1048576', '262144'))), 262_144],
    ['In with a value that is no number', requiring(term(on('In', '1048576', 'x'))), undefined],
    ['In without values', requiring(term(on('In'))), undefined],
    ['Exists says nothing of the value', requiring(term(on('Exists'))), undefined],
    ['Lt promises nothing', requiring(term(on('Lt', '262144'))), undefined],
    ['expressions of one term add up', requiring(term(on('Gt', '1'), on('Gt', '262143'))), 262_144],
    ['terms are alternatives', requiring(term(on('Gt', '262143')), term(on('Gt', '9'))), 10],
    ['an alternative without our label', requiring(term(on('Gt', '262143')), term(elsewhere)), undefined],
    ['an empty term matches no node', requiring(term(on('Gt', '262143')), {}), 262_144],
    ['only empty terms', requiring({}), undefined],
    ['selector and terms both hold', { nodeSelector: { [LABEL]: '5' }, ...requiring(term(on('Gt', '9'))) }, 10],
    ['the selector where the terms are silent', { nodeSelector: { [LABEL]: '5' }, ...requiring(term(elsewhere)) }, 5],
    ['another label', { nodeSelector: { other: '262144' } }, undefined],
  ])('%s', (_, spec, guaranteed) => {
    expect(guaranteedBySelection(podWith(spec), LABEL)).toBe(guaranteed);
  });
});

describe('what rules our expression out', () => {
  it.each<[string, JsonObject, ReturnType<typeof obstacle>]>([
    ['nothing is said', {}, undefined],
    ['a node selector that is high enough', { nodeSelector: { [LABEL]: '262144' } }, undefined],
    ['a node selector that is too low', { nodeSelector: { [LABEL]: '262143' } }, 'contradiction'],
    ['a node selector that is no number', { nodeSelector: { [LABEL]: 'high' } }, 'contradiction'],
    ['Lt at the need', requiring(term(on('Lt', '262144'))), 'contradiction'],
    ['Lt above the need', requiring(term(on('Lt', '262145'))), undefined],
    ['Lt without a number', requiring(term(on('Lt'))), 'contradiction'],
    ['In with lower values only', requiring(term(on('In', '65530', 'x'))), 'contradiction'],
    ['In with one that is enough', requiring(term(on('In', '65530', '262144'))), undefined],
    ['DoesNotExist', requiring(term(on('DoesNotExist'))), 'contradiction'],
    ['Gt', requiring(term(on('Gt', '1'))), undefined],
    ['one of two alternatives', requiring(term(on('Lt', '9')), term(elsewhere)), undefined],
    ['both of two alternatives', requiring(term(on('Lt', '9')), term(on('DoesNotExist'))), 'contradiction'],
    ['an empty term beside a contradiction', requiring({}, term(on('Lt', '9'))), 'contradiction'],
    ['only empty terms', requiring({}, { matchExpressions: [] }), 'matches-nothing'],
    ['a term of fields only', requiring({ matchFields: [{ key: 'metadata.name' }] }), undefined],
  ])('%s', (_, spec, found) => {
    expect(obstacle(podWith(spec), LABEL, NEED)).toBe(found);
  });
});

describe('a preference for prepared nodes that is there already', () => {
  const preferring = (weight: number, ...matchExpressions: JsonObject[]) => {
    const preferredDuringSchedulingIgnoredDuringExecution = [{ weight, preference: { matchExpressions } }];
    return { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution } } };
  };

  it.each<[string, JsonObject, boolean]>([
    ['ours to the letter', preferring(100, on('Gt', '262143')), true],
    ['with a lower weight', preferring(99, on('Gt', '262143')), false],
    ['with another value', preferring(100, on('Gt', '262144')), false],
    ['none', {}, false],
  ])('%s', (_, spec, isThere) => {
    expect(prefersPrepared(podWith(spec), LABEL, NEED)).toBe(isThere);
  });
});

describe('what is added', () => {
  const place = '/spec/affinity/nodeAffinity';
  const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
  const expression = on('Gt', '262143');
  const pathsOf = (spec: JsonObject, mode: 'required' | 'preferred') => {
    return affinityOperations(podWith(spec), NEED, { label: LABEL, mode }).map(({ path }) => path);
  };

  it.each<[string, JsonObject, string[]]>([
    ['to nothing', {}, ['/spec/affinity']],
    ['to null', { affinity: null }, ['/spec/affinity']],
    ['beside another affinity', { affinity: { podAffinity: {} } }, [place]],
    ['beside preferences', { affinity: { nodeAffinity: {} } }, [`${place}/${REQUIRED}`]],
    ['to an empty list', requiring(), [`${place}/${REQUIRED}/nodeSelectorTerms`]],
    [
      'to every term that says less, and to no empty one',
      requiring(term(elsewhere), {}, term(expression), { matchFields: [{ key: 'metadata.name' }] }),
      [`${place}/${REQUIRED}/nodeSelectorTerms/0/matchExpressions/-`].concat(
        `${place}/${REQUIRED}/nodeSelectorTerms/3/matchExpressions`,
      ),
    ],
  ])('%s', (_, spec, paths) => {
    expect(pathsOf(spec, 'required')).toEqual(paths);
  });

  it('is our expression, whatever had to be made for it', () => {
    const [operation] = affinityOperations(podWith({}), NEED, { label: LABEL, mode: 'required' });
    expect(operation?.value).toEqual(requiring(term(expression)).affinity);
  });

  it('is a preference of the highest weight, after those of the author', () => {
    const preferences = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: {} }] };
    const spec = { affinity: { nodeAffinity: preferences } };
    const [operation] = affinityOperations(podWith(spec), NEED, { label: LABEL, mode: 'preferred' });
    expect(operation).toEqual({
      op: 'add',
      path: `${place}/preferredDuringSchedulingIgnoredDuringExecution/-`,
      value: { weight: 100, preference: term(expression) },
    });
    expect(pathsOf({}, 'preferred')).toEqual(['/spec/affinity']);
  });
});
