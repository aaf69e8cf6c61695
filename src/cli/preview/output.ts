/** What `preview -o` takes. */
export const PREVIEW_FORMATS = ['diff', 'yaml', 'json', 'patch', 'pod'] as const;

/** One of {@link PREVIEW_FORMATS}. */
export type PreviewFormat = (typeof PREVIEW_FORMATS)[number];

/** What `preview --engine` takes. */
export const ENGINES = ['webhook', 'admissionPolicy'] as const;

/** One of {@link ENGINES}. */
export type Engine = (typeof ENGINES)[number];
