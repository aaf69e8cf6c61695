/** The part of the changelog about one version, without its heading; that of what is unreleased where there is none. */
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
  return { text: `${text}\n`, isReleased: released !== undefined };
}
