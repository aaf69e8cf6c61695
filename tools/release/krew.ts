import { parseDocument } from 'yaml';

/** An archive of the plugin for one platform. */
export interface PluginArchive {
  readonly os: string;
  readonly arch: string;
  readonly file: string;
  readonly sha256: string;
  /** The program's name in it. */
  readonly bin: string;
}

const DOWNLOADS = 'https://github.com/max-map-count-webhook/max-map-count-webhook/releases/download';

/** The repository's plugin.yaml with the archives of a release in the place of its platforms. */
export function krewManifest(template: string, version: string, archives: readonly PluginArchive[]): string {
  const document = parseDocument(template);
  document.commentBefore = null;
  document.setIn(['spec', 'version'], `v${version}`);
  const platforms = archives.map(({ os, arch, file, sha256, bin }) => ({
    selector: { matchLabels: { os, arch } },
    uri: `${DOWNLOADS}/v${version}/${file}`,
    sha256,
    bin,
  }));
  document.setIn(['spec', 'platforms'], platforms);
  return document.toString({ lineWidth: 0 });
}
