import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { createTar } from 'nanotar';
import { plain } from '../../../input/plain.ts';
import type { Kube } from '../../../kube.ts';
import { Failure } from '../../failure.ts';
import type { Attempt } from '../check-result.ts';
import type { Diagnosis } from '../diagnosis.ts';
import { reportText } from '../report.ts';
import type { Survey } from '../survey.ts';
import { configurationsOf, decisionsOf, eventsOf, podsOf, versionsOf } from './collect.ts';
import { only, scrub, withoutCertificates } from './redact.ts';

/** One file of the archive: its content, or why it is not there. */
interface Item {
  readonly name: string;
  readonly what: string;
  readonly content: Attempt<string>;
}

const FOLDER = 'max-map-count-doctor';

/**
 * Writes one archive to attach to a report, and returns its list of contents. Secrets are never asked for; of pods only
 * what tells of their state is kept, without environment and arguments.
 */
export async function writeBundle(
  file: string,
  kube: Kube,
  survey: Survey,
  diagnosis: Diagnosis,
  version: string,
): Promise<string> {
  const items = await itemsOf(kube, survey, diagnosis, version);
  const contents = contentsText(items);
  const files = [
    { name: 'contents.txt', content: contents },
    ...items.flatMap(({ name, content }) => (content.ok ? [{ name, content: content.value }] : [])),
  ];
  const entries = files.map(({ name, content }) => ({
    name: `${FOLDER}/${name}`,
    data: Buffer.from(scrub(content)),
    attrs: { mode: '644' },
  }));
  const archive = gzipSync(createTar(entries));
  try {
    // Never over something that is there, and for nobody else's eyes.
    writeFileSync(file, archive, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new Failure(isThere ? `${file} is there already: give --bundle another name` : `${file}: ${plain(error)}`);
  }
  return `wrote ${file} (${Math.ceil(archive.length / 1024)} KiB)\n${contents}`;
}

async function itemsOf(kube: Kube, survey: Survey, diagnosis: Diagnosis, version: string): Promise<Item[]> {
  const here = (content: string): Attempt<string> => ({ ok: true, value: content });
  const sink = { write: () => {}, colour: false };
  return [
    { name: 'doctor.txt', what: 'the report', content: here(reportText(diagnosis, sink)) },
    { name: 'doctor.json', what: 'the report as data', content: here(json(diagnosis)) },
    {
      name: 'versions.json',
      what: 'versions of plugin, cluster, webhook and nodes',
      content: here(json(await versionsOf(kube, survey, version))),
    },
    {
      name: 'registration.json',
      what: 'our MutatingWebhookConfigurations; a summary of each CA',
      content: asJson(registrationOf(survey)),
    },
    {
      name: 'callers.json',
      what: 'timeouts of all webhooks that see ordinary pods',
      content: asJson(callersOf(survey)),
    },
    {
      name: 'configuration.json',
      what: 'the rendered configuration with its SHA-256',
      content: asJson(configurationsOf(survey)),
    },
    {
      name: 'pods.json',
      what: 'state of the webhook’s pods, without environment and arguments',
      content: asJson(podsOf(survey)),
    },
    { name: 'events.json', what: 'events of these pods', content: asJson(await eventsOf(kube, survey)) },
    { name: 'decisions.jsonl', what: 'the last decisions from their logs', content: await decisionsOf(kube, survey) },
  ];
}

function registrationOf({ registrations }: Survey): Attempt<unknown> {
  return registrations.ok
    ? { ok: true, value: registrations.value.map(({ object }) => withoutCertificates(object)) }
    : registrations;
}

function callersOf({ callers }: Survey): Attempt<unknown> {
  const keys = ['configuration', 'name', 'timeoutSeconds', 'failurePolicy', 'service'];
  return callers.ok ? { ok: true, value: callers.value.map((webhook) => only(webhook, keys)) } : callers;
}

function asJson(value: Attempt<unknown>): Attempt<string> {
  return value.ok ? { ok: true, value: json(value.value) } : value;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function contentsText(items: readonly Item[]): string {
  const lines = items.map(({ name, what, content }) => {
    return content.ok ? `  ${name.padEnd(20)}${what}` : `  ${name.padEnd(20)}not there: ${content.problem}`;
  });
  const never =
    'Never in it: Secrets, keys of certificates, values of environment variables. It names namespaces, workloads and nodes: read it before you send it.';
  return `${lines.map((line) => `${line}\n`).join('')}${never}\n`;
}
