/** The certificates in a PEM text, each as PEM with a line break at its end; other parts count as not there. */
export function certificatesIn(pem: string): string[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return found.map((one) => `${one}\n`);
}
