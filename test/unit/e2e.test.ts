import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Runs what `npm run e2e` runs, where it finds no program of the machine. */
function withoutPrograms(env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, ['e2e/main.ts'], { env: { PATH: '/nonexistent', ...env }, encoding: 'utf8' });
}

describe('npm run e2e on a machine that cannot', () => {
  it('says why in one line, and exits as skipped tests do', () => {
    const { status, stderr } = withoutPrograms();
    expect(stderr).toMatch(
      /^npm run e2e cannot run here: (?:it needs (?:Linux|root)|Debian packages are missing: apt-get install .*\bbuildah\b).*\n$/,
    );
    expect(status).toBe(77);
  });

  it('fails when it is required', () => {
    expect(withoutPrograms({ E2E: 'required' }).status).toBe(1);
  });

  it('gives CI the names of the packages to install, by the name that .ci/run imports', () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--eval', /"(import\('\.\/e2e\/machine\.ts'\)[^"]+)"/.exec(readFileSync('.ci/run', 'utf8'))?.[1] ?? 'absent'],
      { env: { PATH: '/nonexistent' }, encoding: 'utf8' },
    );
    expect(stdout).toContain('buildah');
    expect(status).toBe(0);
  });
});
