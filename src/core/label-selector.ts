import { objects, strings, text, textMap } from './json.ts';

/**
 * Whether a Kubernetes label selector matches labels; an absent or empty one matches everything, and NotIn holds where the
 * label is missing. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function selects(selector: unknown, labels: ReadonlyMap<string, string>): boolean {
  const wanted = [...textMap(selector, 'matchLabels')];
  return (
    wanted.every(([key, value]) => labels.get(key) === value) &&
    objects(selector, 'matchExpressions').every((expression) => meets(expression, labels))
  );
}

function meets(expression: unknown, labels: ReadonlyMap<string, string>): boolean {
  const value = labels.get(text(expression, 'key') ?? '');
  const values = strings(expression, 'values');
  switch (text(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/** A label selector as kubectl writes it: `a=b,c notin (d,e)`; `all` for one that leaves nothing out. */
export function inWords(selector: unknown): string {
  const wanted = [...textMap(selector, 'matchLabels')].map(([key, value]) => `${key}=${value}`);
  const expressions = objects(selector, 'matchExpressions').map((expression) => {
    const key = text(expression, 'key') ?? '';
    const operator = text(expression, 'operator') ?? '';
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${strings(expression, 'values').join(',')})`;
  });
  return [...wanted, ...expressions].join(',') || 'all';
}
