// Both languages say everything, each in its own words; and dark and light have enough contrast for small text.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { en } from '../../../playground/words/en.ts';
import type { Words } from '../../../playground/words/words.ts';
import { zh } from '../../../playground/words/zh.ts';

// Names that are the same in both languages: of formats, products and Pod Security levels.
const SAME = ['JSON Patch', 'Fargate', 'gVisor', 'privileged', 'baseline', 'restricted'];

function textsOf(words: Words): Map<string, string> {
  const { labels, levels, engines, strategies, reasons, hints, signals, examples, gets } = words;
  const tables = { labels, levels, engines, strategies, reasons, hints, signals, examples, gets };
  return new Map(
    Object.entries(tables).flatMap(([table, texts]) =>
      Object.entries(texts).map(([key, text]) => [`${table}.${key}`, text] as const),
    ),
  );
}

describe('the words of the page', () => {
  it('are all there in both languages', () => {
    const [english, chinese] = [textsOf(en), textsOf(zh)];
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [key, text] of chinese) {
      expect(text.trim(), key).not.toBe('');
      if (!SAME.includes(text) && text !== 'DaemonSet') expect(text, key).not.toBe(english.get(key));
    }
  });

  it('count in both', () => {
    expect(en.tally(1, 1, 1)).toBe('2 pod templates: 1 would be patched, 1 left alone, 1 other object');
    expect(en.tally(1, 0, 0)).toBe('1 pod template: 1 would be patched, 0 left alone');
    expect(zh.tally(1, 1, 1)).toBe('2 个 Pod 模板：修改 1 个，不处理 1 个，另有 1 个其他对象');
    expect([en.line(3), en.at(3, 4), en.hidden(1, 2)]).toEqual([
      'line 3',
      'line 3, column 4',
      '1 value hidden, 2 documents without pods left out.',
    ]);
    expect([zh.line(3), zh.at(3, 4), zh.length(1000)]).toEqual(['第 3 行', '第 3 行，第 4 列', '1,000 个字符']);
  });
});

// WCAG 2.2, 1.4.3: text and its ground.
const PAIRS = [
  ...['surface', 'ground', 'sunken'].flatMap((ground) => [
    ['text', ground],
    ['muted', ground],
    ['accent', ground],
  ]),
  ...['good', 'calm', 'warn', 'bad'].flatMap((tone) => [
    [tone, `${tone}-ground`],
    ['muted', `${tone}-ground`],
    [tone, 'surface'],
  ]),
  ...['key', 'string', 'number', 'comment'].flatMap((token) => [
    [token, 'surface'],
    [token, 'sunken'],
    [token, 'fact'],
    [token, 'fact-strong'],
  ]),
  ['on-accent', 'accent'],
];

describe.each(['light', 'dark'])('the colours of %s', (theme) => {
  const css = readFileSync(new URL(`../../../playground/styles/${theme}.css`, import.meta.url), 'utf8');
  const colours = new Map(
    [...css.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name = '', colour = '']) => [name, colour]),
  );

  it.each(PAIRS)('%s on %s can be read', (text = '', ground = '') => {
    expect(contrast(colours.get(text) ?? '', colours.get(ground) ?? '')).toBeGreaterThanOrEqual(4.5);
  });
});

function contrast(text: string, ground: string): number {
  const [high = 0, low = 0] = [luminance(text), luminance(ground)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
