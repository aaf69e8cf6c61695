import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { validateSboms } from './programs.ts';
import { IMAGE, NAME, type Release } from './release.ts';
import { bundledPackages, type Component, imageComponent, sbom } from './sbom.ts';
import { ROOT } from './versions.ts';

const BUNDLES = ['server', 'cli', 'node-agent', 'rotate'];

/** The SBOMs of npm package, image and chart, held to the schema of CycloneDX. */
export async function writeSboms({ folder, version, epoch, outputs, say }: Release): Promise<void> {
  const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  const base = [...dockerfile.matchAll(/^FROM (?:--\S+ )?(\S+)/gm)].at(-1)?.[1] ?? '';
  const product = (type: Component['type'], name: string, purl: string): Component => {
    return { type, 'bom-ref': purl, name, version, purl };
  };
  const values = parse(await readFile(join(ROOT, 'charts', NAME, 'values.yaml'), 'utf8'));
  const documents = {
    npm: sbom(product('application', NAME, `pkg:npm/${NAME}@${version}`), bundledPackages(outputs, BUNDLES), epoch),
    image: sbom(
      product('container', IMAGE, `pkg:oci/${NAME}?repository_url=${encodeURIComponent(IMAGE)}&tag=${version}`),
      [...bundledPackages(outputs, BUNDLES), imageComponent(base)],
      epoch,
    ),
    chart: sbom(
      product('application', `charts/${NAME}`, `pkg:oci/charts%2F${NAME}?tag=${version}`),
      [imageComponent(`${IMAGE}:${version}`), imageComponent(values.config.initContainer.image)],
      epoch,
    ),
  };
  const files = Object.keys(documents).map((name) => join(folder, `${name}.cdx.json`));
  for (const [name, text] of Object.entries(documents)) await writeFile(join(folder, `${name}.cdx.json`), text);
  await validateSboms(files);
  say('SBOMs, which keep to the schema of CycloneDX 1.6');
}
