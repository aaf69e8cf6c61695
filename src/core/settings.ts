import type { Catalogue } from './catalogue.ts';

/** What the administrator decides about a patch; everything that gives privilege comes from here and nowhere else. */
export interface Settings {
  /** Which of a workload's two numbers to aim for. */
  readonly level: 'required' | 'recommended';
  /** `observe` decides, counts and logs, and never patches. */
  readonly mode: 'enforce' | 'observe';
  readonly initContainer: {
    readonly image: string;
    readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
    /** `inherit` copies the matching container's requests and limits; otherwise requests equal limits. */
    readonly resources: 'inherit' | { readonly cpu: string; readonly memory: string };
  };
  readonly nodeAffinity: {
    /** The node label whose integer value is what the node is prepared for. */
    readonly label: string;
    readonly mode: 'required' | 'preferred';
  };
  readonly nodes: {
    /** What every node has at least, by the administrator's word; 0 when there is none. */
    readonly guaranteed: number;
  };
  /** The rows in force. */
  readonly catalogue: Catalogue;
}
