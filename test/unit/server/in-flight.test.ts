import { describe, expect, test } from 'vitest';
import { countInFlight } from '../../../src/server/in-flight.ts';

describe('what is in flight', () => {
  const limits = { bodyBytes: 100, requests: 2, totalBytes: 100 };

  test('is limited in requests', () => {
    const inFlight = countInFlight(limits);
    const first = inFlight.enter();
    inFlight.enter();
    expect([inFlight.enter(), inFlight.requests()]).toEqual([undefined, 2]);
    first?.leave();
    expect(inFlight.enter()).toBeDefined();
  });

  test('is limited in bytes of all requests together, which come back when one leaves', () => {
    const inFlight = countInFlight(limits);
    const first = inFlight.enter();
    const second = inFlight.enter();
    expect([first?.hold(60), second?.hold(40), second?.hold(1)]).toEqual([true, true, false]);
    first?.leave();
    expect([second?.hold(60), second?.hold(1)]).toEqual([true, false]);
  });
});
