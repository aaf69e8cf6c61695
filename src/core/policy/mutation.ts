import { PREFERRED, REQUIRED } from '../affinity.ts';
import { APPLIED } from '../annotations.ts';
import { stringLiteral } from '../cel.ts';
import { CONTAINER_NAME, raiseScript } from '../init-container.ts';
import { pointerToken } from '../json.ts';
import { MOST_ANNOTATION_BYTES } from '../patch.ts';
import { hasSomething, INDEXES_OF_TERMS } from './verdict.ts';

// JSON Patch only: ApplyConfiguration can neither prepend nor touch a command. No Object{} inside a list or a map, over which
// API servers from before the middle of 2026 panic (kubernetes/kubernetes pull 139032), hence an empty list first. And all in
// one expression, because the next one would see the pod as this one leaves it.

const CONTAINER = 'Object.spec.initContainers';
const NODE_AFFINITY = 'Object.spec.affinity.nodeAffinity';
const AFFINITY_PATH = '/spec/affinity/nodeAffinity';
const TERMS_PATH = `${AFFINITY_PATH}/${REQUIRED}/nodeSelectorTerms`;
const APPLIED_PATH = `/metadata/annotations/${pointerToken(APPLIED)}`;

/** The JSON Patch of a policy: empty for a pod that is left alone. */
export function mutationExpression(): string {
  return `variables.patch == '' ? [] :
(variables.patch == 'init-container' ? ${containerOperations()} :
  ${parentOperations()} +
  (variables.affinityMode == 'required' ? ${termOperations()} : ${preferenceOperations()})) +
${annotationOperations()}`;
}

function add(path: string, value: string): string {
  return `JSONPatch{op: 'add', path: ${path}, value: ${value}}`;
}

function containerOperations(): string {
  return `(has(object.spec.initContainers) ? [] : [${add(`'/spec/initContainers'`, '[]')}]) + [${add(
    `'/spec/initContainers/0'`,
    CONTAINER_VALUE,
  )}]`;
}

const CONTAINER_VALUE = `${CONTAINER}{
    name: ${stringLiteral(CONTAINER_NAME)},
    image: variables.image,
    imagePullPolicy: variables.imagePullPolicy,
    command: ['/bin/sh', '-c', variables.script.replace('@VALUE@', string(variables.value))],
    resources: ${CONTAINER}.resources{requests: variables.requests, limits: variables.limits},
    securityContext: ${CONTAINER}.securityContext{
      privileged: true,
      runAsUser: 0,
      runAsNonRoot: false,
      readOnlyRootFilesystem: true,
      seccompProfile: ${CONTAINER}.securityContext.seccompProfile{type: 'Unconfined'},
      appArmorProfile: ${CONTAINER}.securityContext.appArmorProfile{type: 'Unconfined'}
    },
    terminationMessagePolicy: 'FallbackToLogsOnError'
  }`;

function parentOperations(): string {
  const none = '[]';
  return `(has(object.spec.affinity) ? ${none} : [${add(`'/spec/affinity'`, 'Object.spec.affinity{}')}]) +
  (has(object.spec.affinity) && has(object.spec.affinity.nodeAffinity) ? ${none} : [${add(`'${AFFINITY_PATH}'`, `${NODE_AFFINITY}{}`)}])`;
}

function expression(type: string): string {
  return `${type}.matchExpressions{key: variables.nodeLabel, operator: 'Gt', values: [string(variables.value - 1)]}`;
}

// Terms are alternatives, so each gets the expression; an empty one matches nothing and stays so.
function termOperations(): string {
  const term = `${NODE_AFFINITY}.${REQUIRED}.nodeSelectorTerms`;
  const path = (rest: string) => `'${TERMS_PATH}/' + string(i) + '/matchExpressions${rest}'`;
  const matching = `${INDEXES_OF_TERMS}.filter(i, ${hasSomething('variables.terms[i]')})`;
  return `(variables.terms.size() > 0 ?
    ${matching}.filter(i, !has(variables.terms[i].matchExpressions)).map(i, ${add(path(''), '[]')}) +
    ${matching}.map(i, ${add(path('/-'), expression(term))}) : [
    ${add(`'${AFFINITY_PATH}/${REQUIRED}'`, `${NODE_AFFINITY}.${REQUIRED}{}`)},
    ${add(`'${TERMS_PATH}'`, '[]')},
    ${add(`'${TERMS_PATH}/0'`, `${term}{}`)},
    ${add(`'${TERMS_PATH}/0/matchExpressions'`, '[]')},
    ${add(`'${TERMS_PATH}/0/matchExpressions/0'`, expression(term))}
  ])`;
}

function preferenceOperations(): string {
  const preferred = `${NODE_AFFINITY}.${PREFERRED}`;
  const path = `${AFFINITY_PATH}/${PREFERRED}`;
  const place = (rest: string) => `'${path}/' + string(variables.preferences.size()) + '${rest}'`;
  return `(variables.preferences.size() > 0 ? [] : [${add(`'${path}'`, '[]')}]) + [
    ${add(`'${path}/-'`, `${preferred}{weight: 100, preference: ${preferred}.preference{}}`)},
    ${add(place('/preference/matchExpressions'), '[]')},
    ${add(place('/preference/matchExpressions/0'), expression(`${preferred}.preference`))}
  ]`;
}

// A pod beyond the API server's limit would be refused.
function annotationOperations(): string {
  const applied = `variables.patch + '=' + string(variables.value)`;
  const most = MOST_ANNOTATION_BYTES - APPLIED.length;
  return `(!has(object.metadata.annotations) ? [${add(`'/metadata/annotations'`, `{${stringLiteral(APPLIED)}: ${applied}}`)}] :
  variables.annotationBytes + (${applied}).size() <= ${most} ? [${add(`'${APPLIED_PATH}'`, applied)}] : [])`;
}

const SENTINEL = 1_234_567_890;

/** The script of the init container, with `@VALUE@` in the place of the number. */
export const SCRIPT_VARIABLE = `r'''${raiseScript(SENTINEL).replaceAll(String(SENTINEL), '@VALUE@')}'''`;
