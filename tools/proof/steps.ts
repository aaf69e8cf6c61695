import type { Command, Step } from './transcript.ts';

const WIDTH = 120;

/** A step as a section for readers. */
export function renderStep({ title, text, commands }: Step): string[] {
  return [`## ${title}`, '', ...paragraph(text), '```console', ...commands.map(renderCommand), '```', ''];
}

function renderCommand({ command, output }: Command): string {
  return [`$ ${command}`, output].filter((part) => part !== '').join('\n');
}

/** A text in lines that fit, and an empty line. */
export function paragraph(text: string): string[] {
  const lines = text.match(new RegExp(`.{1,${WIDTH}}(?: |$)`, 'g')) ?? [];
  return [...lines.map((line) => line.trimEnd()), ''];
}
