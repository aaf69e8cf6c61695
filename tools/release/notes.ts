const PAGES = 'https://github.com/max-map-count-webhook/max-map-count-webhook/blob';

/**
 * The part of the changelog about one version, without its heading; that of what is unreleased where there is none. Links lead
 * to the pages of that version.
 */
export function releaseNotes(
  changelog: string,
  version: string,
): { readonly text: string; readonly isReleased: boolean } {
  const sections = changelog.split(/^## (?=\[)/m).slice(1);
  const sectionOf = (name: string) => sections.find((section) => section.startsWith(`[${name}]`));
  const released = sectionOf(version);
  const section = released ?? sectionOf('Unreleased');
  if (section === undefined) throw new Error(`CHANGELOG.md: nothing about ${version}, and nothing unreleased`);
  const text = section.slice(section.indexOf('\n') + 1).trim();
  if (text === '') throw new Error(`CHANGELOG.md: the section about ${version} is empty`);
  const linked = text.replaceAll(/\]\((?!https:)([^)]+)\)/g, `](${PAGES}/v${version}/$1)`);
  return { text: `${linked}\n`, isReleased: released !== undefined };
}
