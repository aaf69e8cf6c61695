import { BlockList, isIP, isIPv6 } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a server, as Go programs read it (golang.org/x/net/http/httpproxy): HTTPS_PROXY
 * or HTTP_PROXY by the server's scheme, unless NO_PROXY names it; never for localhost and loopback addresses.
 */
export function environmentProxy(server: URL, env: Environment): string | undefined {
  const name = server.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = env[name.toUpperCase()] || env[name];
  if (!proxy || isExempt(server, env.NO_PROXY || env.no_proxy || '')) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isExempt(server: URL, exemptions: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || (isIP(host) !== 0 && LOOPBACK.check(host, familyOf(host)))) return true;
  return exemptions.split(',').some((entry) => matches(entry.trim().toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '' || entry === '*') return entry === '*';
  if (entry.includes('/')) return isInSubnet(entry, host);
  const [, name = entry, only] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  if (only !== undefined && only !== port) return false;
  const wanted = name.replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '');
  if (isIP(host) || isIP(wanted)) return wanted === host;
  // `example.com` stands for itself and what is below it, `.example.com` only for what is below.
  return wanted !== '' && (wanted === host || host.endsWith(wanted.startsWith('.') ? wanted : `.${wanted}`));
}

function isInSubnet(entry: string, host: string): boolean {
  const [address = '', prefix = ''] = entry.split('/');
  const longest = isIPv6(address) ? 128 : 32;
  if (!isIP(address) || !isIP(host) || !/^\d{1,3}$/.test(prefix) || Number(prefix) > longest) return false;
  const subnet = new BlockList();
  subnet.addSubnet(address, Number(prefix), familyOf(address));
  return subnet.check(host, familyOf(host));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
