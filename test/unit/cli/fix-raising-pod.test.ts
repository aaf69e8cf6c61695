import { describe, expect, it } from 'vitest';
import { raiseOn } from '../../../src/cli/fix/raise.ts';
import type { Kube } from '../../../src/kube.ts';
import { settingsOf } from '../../support/cases.ts';
import { RAISES } from './fix-cluster.ts';

describe('the pod that raises', () => {
  const nodeToRaise = { node: 'node-1', value: 262_144, pods: [] };

  /** Its requests answered by a function; the wait is short. */
  function raising(answer: (method: string, path: string) => unknown, signal = new AbortController().signal) {
    const asked: string[] = [];
    const kube: Kube = {
      context: '',
      server: '',
      namespace: '',
      send: async ({ method = 'GET', path }) => {
        asked.push(`${method} ${path.replace(/fix-\w+/, 'fix')}`);
        return { status: 200, body: answer(method, path), warnings: [] };
      },
    };
    const patience = { seconds: 0.05, pollMilliseconds: 10, signal };
    const raised = () => raiseOn({ kube, settings: settingsOf('').initContainer, patience }, nodeToRaise);
    return { asked, raised };
  }

  const LAST = `DELETE ${RAISES}/max-map-count-fix?gracePeriodSeconds=0`;

  it('is removed when no kubelet takes it', async () => {
    const { asked, raised } = raising(() => ({ status: { phase: 'Pending' } }));
    expect(await raised()).toEqual({
      ok: false,
      problem: 'its pod has not ended within 0.05 s: no kubelet has taken it: is the node reachable?',
    });
    expect(asked.at(-1)).toBe(LAST);
  });

  it('is given up at once where its image cannot be had', async () => {
    const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "busybox"' };
    const { asked, raised } = raising(() => ({
      status: { phase: 'Pending', containerStatuses: [{ state: { waiting } }] },
    }));
    expect(await raised()).toEqual({
      ok: false,
      problem: 'its pod cannot start: ImagePullBackOff: Back-off pulling image "busybox"',
    });
    expect(asked).toHaveLength(3);
    expect(asked.at(-1)).toBe(LAST);
  });

  it('is removed when somebody presses Ctrl-C', async () => {
    const interrupt = new AbortController();
    const { asked, raised } = raising(() => {
      interrupt.abort();
      return { status: { phase: 'Pending' } };
    }, interrupt.signal);
    expect(await raised()).toEqual({ ok: false, problem: 'interrupted' });
    expect(asked.at(-1)).toBe(LAST);
  });

  it('is removed when the answer to its creation was lost', async () => {
    const { asked, raised } = raising((method) => {
      if (method === 'POST') throw new Error('cannot reach it');
      return {};
    });
    expect(await raised()).toEqual({ ok: false, problem: 'cannot reach it' });
    expect(asked.at(-1)).toBe(LAST);
  });

  it('is named when it cannot be removed', async () => {
    const { asked, raised } = raising((method) => {
      if (method === 'DELETE') throw new Error('cannot reach it');
      return { status: { phase: 'Succeeded' } };
    });
    expect(await raised()).toMatchObject({
      ok: true,
      remains: expect.stringMatching(
        /^pod kube-system\/max-map-count-fix-\w+ could not be removed \(cannot reach it\): kubectl -n kube-system delete pod /,
      ),
    });
    expect(asked.filter((line) => line === LAST)).toHaveLength(3);
  });
});
