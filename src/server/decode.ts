import { cutLargeParts } from './cut.ts';
import type { Limits } from './limits.ts';
import { withoutManagedFields } from './managed-fields.ts';
import type { Refusal } from './refusals.ts';

/** What a body says, or why it says nothing. */
export type Decoded =
  | {
      readonly ok: true;
      readonly value: unknown /** True when a part of it was cut out unread. */;
      readonly isCut: boolean;
    }
  | { readonly ok: false; readonly cause: Refusal };

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes a body as JSON in UTF-8, within the limit of values and without its managed fields. A byte order mark is no JSON. */
export function decodeBody(bytes: Buffer, { bodyValues }: Pick<Limits, 'bodyValues'>): Decoded {
  if (bytes.length === 0) return { ok: false, cause: 'empty' };
  const kept = cutLargeParts(bytes, bodyValues);
  if (!kept) return { ok: false, cause: 'too-large' };
  const isCut = kept !== bytes;
  const fewer = withoutManagedFields(kept);
  const decoded = fewer && decode(fewer, isCut);
  return decoded?.ok ? decoded : decode(kept, isCut);
}

function decode(bytes: Buffer, isCut: boolean): Decoded {
  let text: string;
  try {
    text = UTF_8.decode(bytes);
  } catch {
    return { ok: false, cause: 'encoding' };
  }
  try {
    return { ok: true, value: JSON.parse(text), isCut };
  } catch {
    return { ok: false, cause: 'json' };
  }
}
