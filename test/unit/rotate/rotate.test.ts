import { X509Certificate } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certificatesIn } from '../../../src/input/pem.ts';
import { rotate } from '../../../src/rotate/rotate.ts';
import { createAuthority } from '../../../tools/control-plane/certificate.ts';
import { type FakePlace, fakePlace } from './fake-place.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const POLICY = { names: ['webhook.system.svc', 'webhook.system'], days: 90, renewBeforeDays: 30 };

/** A place, a clock, and what is said. */
function setUp(policy = POLICY) {
  const place = fakePlace();
  const lines: string[] = [];
  const waits: number[] = [];
  const clock = { now: Date.parse('2030-01-01T00:00:00Z') };
  const run = (changed = policy) =>
    rotate({
      place,
      policy: changed,
      settleSeconds: 30,
      now: () => new Date(clock.now),
      wait: async (seconds) => {
        waits.push(seconds);
        clock.now += seconds * 1000;
      },
      log: (line) => lines.push(line),
    });
  return { place, lines, waits, clock, run };
}

const decoded = (place: FakePlace, key: string) => Buffer.from(place.secretData()[key] ?? '', 'base64').toString();
const shown = (place: FakePlace) => decoded(place, 'tls.crt');
const trusts = (bundle: string, leaf: string) =>
  certificatesIn(bundle).some((one) => new X509Certificate(leaf).verify(new X509Certificate(one).publicKey));

describe('a rotation', () => {
  it('makes the first certificate at once, for every name, with a key that fits and an authority that is trusted', async () => {
    const { place, run, lines, waits, clock } = setUp();
    await run();
    const leaf = new X509Certificate(shown(place));
    for (const name of POLICY.names) expect(leaf.checkHost(name)).toBe(name);
    expect(leaf.checkHost('other.system.svc')).toBeUndefined();
    expect(new Date(leaf.validTo).getTime()).toBe(clock.now + 90 * DAY);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(certificatesIn(place.bundle())).toHaveLength(1);
    expect(trusts(place.bundle(), shown(place))).toBe(true);
    expect(Object.keys(place.secretData()).sort()).toEqual(['ca.crt', 'since', 'tls.crt', 'tls.key']);
    expect(waits).toEqual([]);
    expect(lines.at(-1)).toMatch(/^the certificate is valid until Apr {1,2}1 /);
  });

  it('writes nothing while all is well', async () => {
    const { place, run, clock } = setUp();
    await run();
    place.writes.length = 0;
    clock.now += 59 * DAY;
    await run();
    expect(place.writes).toEqual([]);
  });

  it('renews in three writes: trust both, then show the new one, and trust it alone when the old one is gone', async () => {
    const { place, run, clock, waits } = setUp();
    await run();
    const before = { leaf: shown(place), bundle: place.bundle() };
    place.writes.length = 0;
    clock.now += 61 * DAY;
    await run();
    expect(place.writes).toEqual(['PATCH tls', 'PATCH zz-webhook', 'PATCH tls']);
    expect(waits).toEqual([30]);
    expect(shown(place)).not.toBe(before.leaf);
    expect(trusts(place.bundle(), before.leaf)).toBe(true);
    expect(trusts(place.bundle(), shown(place))).toBe(true);
    clock.now += HOUR - 31_000;
    await run();
    expect(certificatesIn(place.bundle())).toHaveLength(2);
    clock.now += 31_000;
    await run();
    expect(certificatesIn(place.bundle())).toHaveLength(1);
    expect(place.bundle()).not.toBe(before.bundle);
    expect(trusts(place.bundle(), shown(place))).toBe(true);
  });

  it.each<[string, (place: FakePlace) => void]>([
    ['a lost Secret', (place) => place.change('secret', (secret) => delete secret.data)],
    ['a key of another certificate', (place) => changeData(place, 'tls.key', Buffer.from('x').toString('base64'))],
    ['an authority that is gone', (place) => changeData(place, 'ca.crt', '')],
    ['a time that is no time', (place) => changeData(place, 'since', Buffer.from('soon').toString('base64'))],
  ])('mends %s', async (_what, damage) => {
    const { place, run, clock } = setUp();
    await run();
    damage(place);
    clock.now += DAY;
    await run();
    expect(trusts(place.bundle(), shown(place))).toBe(true);
    expect(new X509Certificate(shown(place)).checkHost('webhook.system.svc')).toBeDefined();
  });

  it('puts back a caBundle that somebody has changed, and keeps one that another source has left until it is not shown', async () => {
    const { place, run, clock } = setUp();
    const other = await createAuthority('another source');
    place.change('configuration', (object) => setBundle(object, other.certificate));
    await run();
    expect(certificatesIn(place.bundle())).toHaveLength(2);
    expect(place.bundle()).toContain(other.certificate.trim());
    clock.now += HOUR;
    await run();
    const bundle = place.bundle();
    expect(certificatesIn(bundle)).toHaveLength(1);
    place.change('configuration', (object) => setBundle(object, other.certificate));
    await run();
    expect(place.bundle()).toBe(bundle);
  });

  it('makes a new one when the names change', async () => {
    const { place, run } = setUp();
    await run();
    await run({ ...POLICY, names: [...POLICY.names, 'moved.system.svc'] });
    expect(new X509Certificate(shown(place)).checkHost('moved.system.svc')).toBe('moved.system.svc');
  });

  it('gives up when somebody else has written the Secret meanwhile, and says which', async () => {
    const { place, run } = setUp();
    place.onRequest = ({ method }) => {
      if (method === 'PATCH') place.change('secret', () => {});
    };
    await expect(run()).rejects.toThrow('Secret system/tls: the object has been modified (409)');
  });

  it('names what it cannot find', async () => {
    const { run } = setUp();
    const { place } = setUp();
    const lost = { ...place, configurations: ['zz-other'] };
    await expect(
      rotate({
        place: lost,
        policy: POLICY,
        settleSeconds: 0,
        now: () => new Date(),
        wait: async () => {},
        log: () => {},
      }),
    ).rejects.toThrow('MutatingWebhookConfiguration zz-other: "zz-other" not found (404)');
    await run();
  });

  // The heart of it: killed before any request, at any time, run again after any pause, with pods that show what the Secret
  // held at any moment of the last hour, the API server always trusts what it is shown.
  it('never shows what is not trusted, wherever it is killed', async () => {
    const days = fc.integer({ min: 0, max: 100 });
    const runs = fc.array(
      fc.record({ killedAt: fc.integer({ min: 0, max: 9 }), days, minutes: fc.integer({ min: 0, max: 90 }) }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    await fc.assert(
      fc.asyncProperty(runs, async (plan) => {
        const { place, run, clock } = setUp();
        const held: { leaf: string; until: number }[] = [];
        const note = () => {
          const leaf = shown(place);
          const last = held.at(-1);
          if (last) last.until = clock.now;
          if (leaf !== '' && last?.leaf !== leaf) held.push({ leaf, until: clock.now });
          for (const { leaf: one } of held.filter(({ until }) => clock.now - until < HOUR)) {
            expect(trusts(place.bundle(), one)).toBe(true);
          }
        };
        await run();
        for (const { killedAt, days: pause, minutes } of plan) {
          note();
          clock.now += pause * DAY + minutes * 60_000;
          note();
          let count = 0;
          place.onRequest = () => {
            note();
            if (count++ === killedAt) throw new Error('killed');
          };
          await run().catch(({ message }) => expect(message).toBe('killed'));
          note();
        }
        place.onRequest = () => {};
        await run();
        note();
        expect(new Date(new X509Certificate(shown(place)).validTo).getTime() - clock.now).toBeGreaterThan(29 * DAY);
      }),
      { numRuns: 60 },
    );
  });
});

function changeData(place: FakePlace, key: string, value: string): void {
  place.change('secret', (secret) => {
    secret.data = { ...Object(secret.data), [key]: value };
  });
}

function setBundle(object: { webhooks?: unknown }, pem: string): void {
  for (const { clientConfig } of object.webhooks as { clientConfig: { caBundle?: string } }[])
    clientConfig.caBundle = btoa(pem);
}
