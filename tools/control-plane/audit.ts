import { readFile } from 'node:fs/promises';

/** One answered request, as the API server's audit log has it. */
export interface AuditEvent {
  readonly verb: string;
  readonly objectRef?: { readonly resource?: string; readonly namespace?: string; readonly name?: string };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly responseStatus?: { readonly code?: number };
}

/** The events about one object, oldest first. An event is written just after the answer went out. */
export async function auditEvents(log: string, resource: string, name: string): Promise<AuditEvent[]> {
  const events = await auditEventsWith(log, `"${name}"`);
  return events.filter(({ objectRef }) => objectRef?.resource === resource && objectRef.name === name);
}

/** The events whose line has some text, oldest first. */
export async function auditEventsWith(log: string, text: string): Promise<AuditEvent[]> {
  const lines = (await readFile(log, 'utf8')).split('\n').slice(0, -1);
  return lines.filter((line) => line.includes(text)).map((line) => JSON.parse(line) as AuditEvent);
}

/** The names of the webhooks that were called for an event, in order. */
export function webhooksCalled({ annotations = {} }: AuditEvent): string[] {
  const rounds = Object.keys(annotations).filter((key) => key.startsWith('mutation.webhook.admission.k8s.io/round_'));
  const inOrder = rounds.sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  return inOrder.map((key) => (JSON.parse(annotations[key] ?? '') as { webhook: string }).webhook);
}

/** Whether an event says that a webhook of this configuration was called and answered. */
export function wasCalled(event: AuditEvent, configuration: string): boolean {
  return Object.entries(event.annotations ?? {}).some(
    ([key, value]) =>
      key.startsWith('mutation.webhook.admission.k8s.io/') && value.includes(`"configuration":"${configuration}"`),
  );
}
