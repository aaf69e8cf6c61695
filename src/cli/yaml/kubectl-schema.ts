import { type ScalarTag, Schema, type Tags } from 'yaml';

// kubectl reads YAML 1.1 with the scalars of go-yaml 2 (go.yaml.in/yaml/v2, resolve.go): `privileged: yes` is a boolean,
// `defaultMode: 0644` octal, `1_000` a thousand; times and sexagesimal numbers are plain text.
const BOOLEAN: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: () => false,
  test: /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/,
  resolve: (text) => /^(?:[yY]|[oO][nN])/.test(text),
};

const INTEGER: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: () => false,
  test: /^[-+]?(?:0[0-7_]+|0[oO]_*[0-7][0-7_]*|0[bB]_*[01][01_]*|0[xX]_*[\da-fA-F][\da-fA-F_]*|[1-9]\d*_[\d_]*)$/,
  resolve: (text) => integer(text.replaceAll('_', '')),
};

const FLOAT: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: () => false,
  test: /^[-+]?\d[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?\d+)?$/,
  resolve: (text) => Number(text.replaceAll('_', '')),
};

function integer(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  return sign * Number(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
}

// A merge key overwrites what stands above it in its map, and what stands below it overwrites the merge (go-yaml 2,
// decode.go). The parser's own never overwrites.
function overwriting(merge: ScalarTag): ScalarTag {
  return {
    ...merge,
    resolve(...given) {
      const key: unknown = merge.resolve(...given);
      if (!isMergeKey(key)) return key;
      const { addToJSMap } = key;
      return Object.assign(key, {
        addToJSMap(context: unknown, map: object, value: unknown) {
          const merged = {};
          addToJSMap(context, merged, value);
          Object.defineProperties(map, Object.getOwnPropertyDescriptors(merged));
        },
      });
    },
  };
}

interface MergeKey {
  readonly addToJSMap: (context: unknown, map: object, value: unknown) => void;
}

function isMergeKey(key: unknown): key is MergeKey {
  return typeof key === 'object' && key !== null && 'addToJSMap' in key && typeof key.addToJSMap === 'function';
}

const MERGE = new Schema({ schema: 'core', merge: true }).tags.flatMap((tag) => {
  return tag.tag === 'tag:yaml.org,2002:merge' ? [overwriting(tag as ScalarTag)] : [];
});

/** The tags of the core schema with what kubectl adds to them. */
export function kubectlTags(tags: Tags): Tags {
  return [BOOLEAN, INTEGER, ...tags, FLOAT, ...MERGE];
}
