import * as z from 'zod/mini';

/** A copy of a schema with the sentence about it that all documents share. */
export function described<S extends z.ZodMiniType>(schema: S, description: string): S {
  const copy = schema.clone();
  z.globalRegistry.add(copy, { description });
  return copy;
}
