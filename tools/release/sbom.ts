import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Metafile } from 'esbuild';
import { ROOT } from './versions.ts';

/** A part of a product, as CycloneDX 1.6 has it. */
export interface Component {
  readonly type: 'application' | 'library' | 'container' | 'platform' | 'data';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly licenses?: readonly ({ readonly license: { readonly id: string } } | { readonly expression: string })[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly description?: string;
}

const REPOSITORY = 'https://github.com/max-map-count-webhook/max-map-count-webhook';

interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
}

/** The npm packages that went into bundles, as esbuild saw it, with what the lockfile says of them. */
export function bundledPackages(outputs: Metafile['outputs'], bundles: readonly string[]): Component[] {
  const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const found = new Set<string>();
  for (const bundle of bundles) {
    const output = outputs[`dist/${bundle}.js`];
    if (output === undefined) throw new Error(`esbuild made no dist/${bundle}.js`);
    for (const [file, { bytesInOutput }] of Object.entries(output.inputs)) {
      const [path] = /^(?:.*node_modules\/)(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
      if (path !== undefined && bytesInOutput > 0) found.add(path);
    }
  }
  return [...found].sort().map((path) => {
    const locked = packages[path];
    if (locked === undefined) throw new Error(`package-lock.json: nothing about ${path}, which is in a bundle`);
    return packageComponent(path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), locked);
  });
}

function packageComponent(name: string, { version, license, integrity }: Locked): Component {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const [alg, digest] = (integrity ?? '').split('-', 2);
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    ...(license !== undefined && { licenses: [licenseOf(license)] }),
    ...(alg === 'sha512' &&
      digest && { hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }] }),
  };
}

function licenseOf(license: string) {
  return /^[\w.-]+$/.test(license) ? { license: { id: license } } : { expression: license };
}

/** An image in a registry, by digest where it has one. */
export function imageComponent(reference: string): Component {
  const [tagged = '', digest] = reference.split('@');
  const colon = tagged.lastIndexOf(':');
  const hasTag = colon > tagged.lastIndexOf('/');
  const [repository, tag] = hasTag ? [tagged.slice(0, colon), tagged.slice(colon + 1)] : [tagged, 'latest'];
  const name = repository.slice(repository.lastIndexOf('/') + 1);
  const version = digest ?? tag;
  const purl = `pkg:oci/${name}@${encodeURIComponent(version)}?repository_url=${encodeURIComponent(repository)}&tag=${tag}`;
  return { type: 'container', 'bom-ref': purl, name: repository, version, purl };
}

/** A CycloneDX 1.6 document about one product. The same product gives the same bytes. */
export function sbom(product: Component, parts: readonly Component[], epoch: number): string {
  const subject = { ...product, licenses: [{ license: { id: 'Apache-2.0' } }] };
  const content = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: new Date(epoch * 1000).toISOString(),
      tools: { components: [{ type: 'application', name: 'max-map-count-webhook release', version: product.version }] },
      component: { ...subject, externalReferences: [{ type: 'vcs', url: REPOSITORY }] },
    },
    components: parts,
    dependencies: [
      { ref: product['bom-ref'], dependsOn: parts.map((part) => part['bom-ref']) },
      ...parts.map((part) => ({ ref: part['bom-ref'] })),
    ],
  };
  return `${JSON.stringify({ ...content, serialNumber: serialNumber(JSON.stringify(content)) }, null, 2)}\n`;
}

// RFC 9562 version 8: a UUID of one's own making, here from the content, so that it is no other one at the next run.
function serialNumber(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
