import { type Shared, sharedFrom } from './shared.ts';

/** Where the project publishes the playground. */
export const PLAYGROUND = 'https://max-map-count-webhook.github.io/max-map-count-webhook/playground.html';

/** The longest link that Chromium opens; other browsers take longer ones. */
export const LONGEST_LINK = 2 * 1024 * 1024;

// A megabyte of manifest is a large chart; a small link could grow to gigabytes.
const MOST_BYTES = 8 * 1024 * 1024;
const FORMAT = /^#?v1=([A-Za-z0-9_-]+)$/;

/** The part of a link behind the page's address: JSON, deflated (RFC 1951), in base64url, `#v1=...`. */
export async function hashOf(shared: Shared): Promise<string> {
  const stream = new Blob([JSON.stringify(shared)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `#v1=${btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/** What a link holds; undefined when it was cut or is none. At most 8 MiB are unpacked. */
export async function sharedIn(hash: string): Promise<Shared | undefined> {
  const [, encoded] = FORMAT.exec(hash) ?? [];
  if (encoded === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    );
    const text = await inflated(new Blob([bytes]));
    return text === undefined ? undefined : sharedFrom(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function inflated(blob: Blob): Promise<string | undefined> {
  const reader = blob.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [text, length] = ['', 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > MOST_BYTES) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
