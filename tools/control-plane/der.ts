/** One DER element: tag, length, contents. */
function element(tag: number, contents: Buffer): Buffer {
  const { length } = contents;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), contents]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), contents]);
}

/** SEQUENCE. */
export const list = (...items: Buffer[]): Buffer => element(0x30, Buffer.concat(items));

/** SET. */
export const set = (...items: Buffer[]): Buffer => element(0x31, Buffer.concat(items));

/** INTEGER; the first byte must be below 0x80, or the number would be negative. */
export const integer = (bytes: Buffer): Buffer => element(0x02, bytes);

/** OBJECT IDENTIFIER from its encoded bytes. */
export const objectId = (hex: string): Buffer => element(0x06, Buffer.from(hex, 'hex'));

/** OCTET STRING. */
export const octets = (contents: Buffer): Buffer => element(0x04, contents);

/** BIT STRING without unused bits. */
export const bitString = (contents: Buffer): Buffer => element(0x03, Buffer.concat([Buffer.from([0]), contents]));

/** UTF8String. */
export const text = (value: string): Buffer => element(0x0c, Buffer.from(value, 'utf8'));

/** UTCTime: enough until 2049, which no test certificate outlives. */
export const time = (date: Date): Buffer =>
  element(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replaceAll(/[-T:]/g, '')}Z`, 'ascii'));

/** A constructed element with an explicit context tag. */
export const tagged = (tag: number, contents: Buffer): Buffer => element(0xa0 + tag, contents);
