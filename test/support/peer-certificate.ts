import { once } from 'node:events';
import { connect } from 'node:tls';

/** When the certificate that a server shows to a new connection expires; it must be for the URL's host, or for `name`. */
export async function servedUntil(url: string, authority: string, name?: string): Promise<Date> {
  const { hostname, port } = new URL(url);
  const servername = name === undefined ? {} : { servername: name };
  const socket = connect({ host: hostname, port: Number(port), ca: authority, ...servername });
  await once(socket, 'secureConnect');
  const { valid_to: until } = socket.getPeerCertificate();
  socket.destroy();
  return new Date(until);
}
