import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createIntake, type Intake } from '../../../src/server/intake.ts';
import { DEFAULT_LIMITS } from '../../../src/server/limits.ts';

const LIMITS = { ...DEFAULT_LIMITS, partialBytes: 100, waitingBodies: 2, turnMilliseconds: 500 };

/** A body that is arriving, and what has become of it. */
function arrive(intake: Intake) {
  const seen: string[] = [];
  const arrival = intake.enter(() => seen.push('refused'));
  return { ...arrival, seen, queue: () => arrival.queue(() => seen.push('turn')) };
}

describe('parts of bodies', () => {
  test('whoever has waited longest for its rest gives way, not the newcomer', () => {
    const intake = createIntake(LIMITS);
    const [first, second, third] = [arrive(intake), arrive(intake), arrive(intake)];
    second.take(50);
    first.take(50);
    third.take(1);
    expect([first.seen, second.seen, third.seen]).toEqual([[], ['refused'], []]);
  });

  test('headers alone hold nothing, however many', () => {
    const intake = createIntake(LIMITS);
    const silent = Array.from({ length: 1_010 }, () => arrive(intake));
    const other = arrive(intake);
    other.take(100);
    expect([...silent, other].flatMap(({ seen }) => seen)).toEqual([]);
  });

  test('the room comes back when a body leaves, once', () => {
    const intake = createIntake(LIMITS);
    const [first, second] = [arrive(intake), arrive(intake)];
    first.take(60);
    first.leave();
    first.leave();
    second.take(100);
    expect(second.seen).toEqual([]);
    second.take(1);
    expect(second.seen).toEqual(['refused']);
  });
});

describe('large bodies', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('have their turn one after the other; more than may wait are refused', () => {
    const intake = createIntake(LIMITS);
    const [first, second, third, fourth] = [arrive(intake), arrive(intake), arrive(intake), arrive(intake)];
    for (const large of [first, second, third, fourth]) large.queue();
    expect([first.seen, second.seen, third.seen, fourth.seen]).toEqual([['turn'], [], [], ['refused']]);
    second.leave();
    first.leave();
    expect([second.seen, third.seen]).toEqual([[], ['turn']]);
  });

  test('do not count among the parts of the others while they have their turn', () => {
    const intake = createIntake(LIMITS);
    const [large, small] = [arrive(intake), arrive(intake)];
    large.take(90);
    large.queue();
    large.take(1_000);
    small.take(100);
    expect([large.seen, small.seen]).toEqual([['turn'], []]);
  });

  test('lose their turn when they take too long over it while others wait, and only then', () => {
    const intake = createIntake(LIMITS);
    const [slow, next] = [arrive(intake), arrive(intake)];
    slow.queue();
    vi.advanceTimersByTime(10_000);
    expect(slow.seen).toEqual(['turn']);
    next.queue();
    vi.advanceTimersByTime(499);
    expect([slow.seen, next.seen]).toEqual([['turn'], []]);
    vi.advanceTimersByTime(1);
    expect([slow.seen, next.seen]).toEqual([['turn', 'refused'], ['turn']]);
    vi.advanceTimersByTime(10_000);
    expect(next.seen).toEqual(['turn']);
  });
});
