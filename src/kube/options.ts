/** Which cluster to talk to and as whom, as kubectl's flags of these names say it. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly token?: string;
  readonly as?: string;
  readonly asGroup?: readonly string[];
  readonly asUid?: string;
  readonly insecureSkipTlsVerify?: boolean;
  /** Milliseconds that one request may take, 0 for any number; without it there must be some sign of life every 15 seconds. */
  readonly requestTimeout?: number;
}
