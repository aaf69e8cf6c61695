import { get, isObject, type JsonObject } from './json.ts';
import type { Container } from './pod.ts';
import type { Settings } from './settings.ts';

/** The name of the init container that we add. */
export const CONTAINER_NAME = 'max-map-count';

/** How the line begins that our init container ends with when its node refuses the write. */
export const WRITE_REFUSED = 'max-map-count: vm.max_map_count is still ';

/**
 * The POSIX shell script that raises vm.max_map_count to `value` and never lowers it. It reads before it writes, because
 * many nodes stand higher already and some refuse any write, and reads back, because sysctl may exit 0 when refused.
 * Exits 0 when the value is high enough or cannot be read (then the workload's own check cannot read it either), else 1
 * after one line. Backquotes, since the kubelet expands `$(` in a command; cat, since the shell's own `read` takes a byte at
 * a time and the kernel serves this file at offset 0 only, so that 65530 would be read as 6.
 */
export function raiseScript(value: number): string {
  return `now() { n=\`cat /proc/sys/vm/max_map_count 2>/dev/null\`; case $n in *[!0-9]*) n= ;; esac; }
now
if [ -z "$n" ]; then echo "max-map-count: vm.max_map_count cannot be read, so it is left alone"; exit 0; fi
if [ "$n" -ge ${value} ]; then echo "max-map-count: vm.max_map_count is $n, which is enough (${value} is needed)"; exit 0; fi
was=$n
sysctl -w vm.max_map_count=${value} >/dev/null 2>&1
now
if [ "\${n:-0}" -ge ${value} ]; then echo "max-map-count: vm.max_map_count raised from $was to $n"; exit 0; fi
echo "${WRITE_REFUSED}\${n:-$was}, ${value} is needed: the node refused the write" >&2
exit 1
`;
}

/** The init container of docs/reference/contract.md, section 2, for a pod whose `source` container asked for `value`. */
export function initContainer(
  value: number,
  source: Pick<Container, 'raw'>,
  settings: Settings['initContainer'],
): JsonObject {
  const resources = resourcesFor(source, settings);
  return {
    name: CONTAINER_NAME,
    image: settings.image,
    imagePullPolicy: settings.imagePullPolicy,
    command: ['/bin/sh', '-c', raiseScript(value)],
    ...(Object.keys(resources).length > 0 && { resources }),
    securityContext: {
      privileged: true,
      runAsUser: 0,
      runAsNonRoot: false,
      readOnlyRootFilesystem: true,
      // A profile that the pod has for its server would hold for this script, too.
      seccompProfile: { type: 'Unconfined' },
      appArmorProfile: { type: 'Unconfined' },
    },
    // The script's last line then shows in `kubectl describe pod` when it fails.
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

/** The requests and limits of the init container; empty where it has none. */
export function resourcesFor(source: Pick<Container, 'raw'>, { resources }: Settings['initContainer']): JsonObject {
  return resources === 'inherit' ? inherited(source) : fixed(resources);
}

// A copy changes neither the pod's QoS class nor what quotas and limit ranges say of it; the pod's effective request is
// the larger of its init containers' and the sum of the others', so it costs no capacity either.
function inherited(source: Pick<Container, 'raw'>): JsonObject {
  const copied: JsonObject = {};
  for (const bound of ['requests', 'limits']) {
    const amounts = get(get(source.raw, 'resources'), bound);
    if (!isObject(amounts)) continue;
    const kept: JsonObject = {};
    for (const name of COPIED) {
      const amount = get(amounts, name);
      if (amount !== undefined) kept[name] = amount;
    }
    if (Object.keys(kept).length > 0) copied[bound] = kept;
  }
  return copied;
}

const COPIED = ['cpu', 'memory', 'ephemeral-storage'] as const;

function fixed(amounts: { readonly cpu: string; readonly memory: string }): JsonObject {
  return { requests: { ...amounts }, limits: { ...amounts } };
}

/** The value that our own init container raises to, or undefined when the container is not ours to the letter. */
export function valueOfOurs(container: Container): number | undefined {
  if (container.name !== CONTAINER_NAME || container.args.length > 0) return undefined;
  const [shell, option, script = '', ...more] = container.command;
  const value = Number(/sysctl -w vm\.max_map_count=(\d{1,10}) /.exec(script)?.[1]);
  const isOurs = shell === '/bin/sh' && option === '-c' && more.length === 0;
  return isOurs && [raiseScript(value), earlierScript(value)].some((known) => wordless(known) === wordless(script))
    ? value
    : undefined;
}

// Other messages make no other script.
function wordless(script: string): string {
  return script.replace(/echo "[^"\n]*"/g, 'echo');
}

// Before it read the value with cat.
function earlierScript(value: number): string {
  const [, ...rest] = raiseScript(value).split('\n');
  return [
    'now() { n=; { read -r n </proc/sys/vm/max_map_count; } 2>/dev/null; case $n in *[!0-9]*) n= ;; esac; }',
    ...rest,
  ].join('\n');
}
