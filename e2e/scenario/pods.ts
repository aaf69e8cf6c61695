import type { Environment } from './environment.ts';

/** The parts of a pod that the scenario looks at. */
export interface RunningPod {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly initContainers?: readonly Container[];
    readonly containers: readonly Container[];
  };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly securityContext?: { readonly privileged?: boolean };
}

/** The pods with this label `app` that are not about to go, the youngest last. */
export async function podsOf(
  { get }: Pick<Environment, 'get'>,
  app: string,
  namespace = 'default',
): Promise<RunningPod[]> {
  const sorted = ['--sort-by=.metadata.creationTimestamp', '--namespace', namespace, '--selector', `app=${app}`];
  const { items } = (await get('pods', ...sorted)) as {
    items: (RunningPod & { metadata: { deletionTimestamp?: string } })[];
  };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** The one pod with this label `app`; throws when there is another number of them. */
export async function podOf(
  environment: Pick<Environment, 'get'>,
  app: string,
  namespace = 'default',
): Promise<RunningPod> {
  const [pod, ...others] = await podsOf(environment, app, namespace);
  if (pod === undefined || others.length > 0) throw new Error(`${others.length + (pod ? 1 : 0)} pods of ${app}`);
  return pod;
}
