import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf, LONGEST_LINK, PLAYGROUND, sharedIn } from '../../../src/cli/share/link.ts';
import { redacted } from '../../../src/cli/share/redact.ts';
import { ENGINES, LEVELS, type Shared, STRATEGIES_OF, sharedFrom, strategyFor } from '../../../src/cli/share/shared.ts';
import { withoutValues } from '../../../src/cli/share/without-values.ts';
import { caseNames, readCase, settingsOf } from '../../support/cases.ts';

const SHARED: Shared = {
  manifest: 'kind: Pod\n',
  config: '',
  level: 'privileged',
  strategy: 'init-container',
  engine: 'webhook',
};
const deflated = (value: unknown) => `#v1=${deflateRawSync(JSON.stringify(value)).toString('base64url')}`;

describe('a link', () => {
  it('holds what it was made of, whatever that is', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 2000 });
    const any = fc.record({
      ...{ manifest: text, config: text },
      ...{ level: fc.constantFrom(...LEVELS), engine: fc.constantFrom(...ENGINES) },
    });
    await fc.assert(
      fc.asyncProperty(any, async (some) => {
        const shared = { ...some, strategy: STRATEGIES_OF[some.level][1] };
        expect(await sharedIn(await hashOf(shared))).toEqual(shared);
      }),
    );
  });

  it('is raw deflate in base64url, as any zlib makes and reads it', async () => {
    const hash = await hashOf(SHARED);
    expect(hash).toMatch(/^#v1=[\w-]+$/);
    expect(JSON.parse(inflateRawSync(Buffer.from(hash.slice(4), 'base64url')).toString())).toEqual(SHARED);
    expect(await sharedIn(deflated(SHARED))).toEqual(SHARED);
  });

  it.each([
    ['nothing', ''],
    ['another hash', '#results'],
    ['no deflated text', '#v1=AAAA'],
    ['a link that was cut', deflated({ ...SHARED, manifest: 'x'.repeat(500) }).slice(0, 20)],
    ['no JSON', `#v1=${deflateRawSync('{').toString('base64url')}`],
    ['no UTF-8', `#v1=${deflateRawSync(Buffer.from([0xff])).toString('base64url')}`],
    ['no object', deflated(null)],
    ['no manifest', deflated({ config: '' })],
    ['a level that nobody has', deflated({ ...SHARED, level: 'admin' })],
    ['an engine that nobody has', deflated({ ...SHARED, engine: 'admin' })],
    ['what unpacks to 64 MiB', `#v1=${deflateRawSync(Buffer.alloc(64 * 1024 * 1024)).toString('base64url')}`],
  ])('that is damaged holds nothing: %s', async (_what, hash) => {
    expect(await sharedIn(hash)).toBeUndefined();
  });

  it('has a strategy that its level allows, and defaults for what it leaves out', () => {
    expect(sharedFrom({ manifest: 'a' })).toEqual({ ...SHARED, manifest: 'a' });
    expect(strategyFor('restricted', 'init-container')).toBe('none');
    expect(strategyFor('restricted', 'node-affinity')).toBe('node-affinity');
    expect(strategyFor('privileged', 'none')).toBe('none');
  });

  it('of the longest case of the corpus is far from what browsers open', async () => {
    const inputs = caseNames.map((name) => readCase(name).input);
    const longest = inputs.reduce((most, input) => (input.length > most.length ? input : most), '');
    const hash = await hashOf({ ...SHARED, manifest: longest });
    expect(longest.length).toBeGreaterThan(1000);
    expect(PLAYGROUND.length + hash.length).toBeLessThan(LONGEST_LINK / 100);
  });
});

const POD = (env: string) => `apiVersion: v1
kind: Pod
metadata:
  name: p
spec:
  containers:
  - name: es
    image: elasticsearch:8.19.0 # ours
${env}`;

const hide = (text: string, keep: string[] = []) => redacted('m.yaml', text, new Set(keep));

describe('redaction', () => {
  it.each([
    [
      'plain',
      '    env:\n    - name: A\n      value: s3cret # why\n',
      '    env:\n    - name: A\n      value: REDACTED # why\n',
    ],
    ['quoted', "    env:\n    - {name: A, value: 's3cret'}\n", '    env:\n    - {name: A, value: REDACTED}\n'],
    ['JSON', '    env: [{"name": "A", "value": "s3cret"}]\n', '    env: [{"name": "A", "value": "REDACTED"}]\n'],
    [
      'a block',
      '    env:\n    - name: A\n      value: |\n        s3cret\n        s3cret\n    - name: B\n      value: s3cret\n',
      '    env:\n    - name: A\n      value: REDACTED\n    - name: B\n      value: REDACTED\n',
    ],
    [
      'a tagged one',
      '    env:\n    - name: A\n      value: !!str s3cret\n',
      '    env:\n    - name: A\n      value: !!str REDACTED\n',
    ],
    [
      'an alias',
      '    env:\n    - name: &a s3cret\n      value: *a\n',
      '    env:\n    - name: &a REDACTED\n      value: *a\n',
    ],
    [
      'a reference stays',
      '    env:\n    - name: A\n      valueFrom: {secretKeyRef: {name: a, key: b}}\n',
      '    env:\n    - name: A\n      valueFrom: {secretKeyRef: {name: a, key: b}}\n',
    ],
    [
      'one that is kept',
      '    env:\n    - name: A\n      value: single-node\n',
      '    env:\n    - name: A\n      value: single-node\n',
    ],
    [
      'quoted over lines that are not indented',
      '    env:\n    - name: A\n      value: "s3cret\ns3cret"\n',
      '    env:\n    - name: A\n      value: "REDACTED"\n',
    ],
  ])('of a value: %s', (_what, env, redactedEnv) => {
    expect(hide(POD(env), ['single-node'])).toMatchObject({ ok: true, text: POD(redactedEnv) });
  });

  it('leaves out documents that make no pods, and what an annotation repeats', () => {
    const secret = 'kind: Secret\nstringData: {a: s3cret}\n';
    const applied =
      'metadata: {name: p, annotations: {kubectl.kubernetes.io/last-applied-configuration: "{s3cret}"}}\n';
    const pod = `kind: Pod\n${applied}spec: {containers: [{name: a, image: b}]}\n`;
    const result = hide(`${secret}---\n${pod}---\nkind: ConfigMap\ndata: {a: s3cret}\n`);
    expect(result).toEqual({ ok: true, text: pod.replace('"{s3cret}"', '"REDACTED"'), values: 1, documents: 2 });
  });

  it('hides the data of a Secret that stands in a list beside a pod', () => {
    const text = `kind: List\nitems:\n- kind: Secret\n  data: {a: s3cret}\n- ${POD('').replaceAll('\n', '\n  ').trimEnd()}\n`;
    const result = hide(text);
    expect(result).toMatchObject({ ok: true, values: 1 });
    expect(JSON.stringify(result)).not.toContain('s3cret');
  });

  it('of a broken manifest is refused', () => {
    expect(hide('kind: [Pod\n')).toMatchObject({ ok: false, problems: [expect.stringMatching(/^m\.yaml:\d+:\d+: /)] });
  });

  it('of any case of the corpus leaves no value, and hardly ever another verdict', () => {
    let other: string[] = [];
    for (const name of caseNames) {
      const { input, strategy, settings } = readCase(name);
      const result = withoutValues('m.yaml', input, { strategy }, settings);
      expect(result.ok, name).toBe(true);
      if (result.ok && result.isDecidedAlike === false) other = [...other, name];
    }
    // Options of the JVM are a value like any other; the page and the plugin say that the verdict is another.
    expect(other.length).toBeLessThan(caseNames.length / 20);
  });

  it('keeps what switches the need off, and says when the verdict is another', () => {
    const single = POD(
      '    env:\n    - name: discovery.type\n      value: single-node\n    - name: A\n      value: s3cret\n',
    );
    const result = withoutValues('m.yaml', single, { strategy: 'init-container' }, settingsOf(''));
    expect(result).toMatchObject({ ok: true, isDecidedAlike: true, values: 1 });
    expect(result.ok && result.text).toContain('value: single-node\n');
    const command = '["sysctl", "-w", "vm.max_map_count=$(VALUE)"]';
    const init = `{name: i, image: busybox, securityContext: {privileged: true}, command: ${command}, env: [{name: VALUE, value: "262144"}]}`;
    const handled = `${POD('')}  initContainers: [${init}]\n`;
    expect(withoutValues('m.yaml', handled, { strategy: 'init-container' }, settingsOf(''))).toMatchObject({
      isDecidedAlike: false,
    });
  });
});
