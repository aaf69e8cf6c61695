import { type AllowedStrategy, skip } from './decision.ts';
import { evaluate } from './evaluate.ts';
import { get, isObject, type JsonObject, text } from './json.ts';
import { podAt } from './pod-template.ts';
import { REASONS } from './reasons.ts';
import type { Settings } from './settings.ts';
import { judge, type Verdict, verdictOf } from './verdict.ts';
import { warning } from './warnings.ts';

/** The `response` of an admission.k8s.io/v1 AdmissionReview, as far as we use it. */
export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: true;
  readonly patchType?: 'JSONPatch';
  /** Base64 of an RFC 6902 patch. */
  readonly patch?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** An AdmissionReview answer, ready for JSON.stringify. */
export interface AdmissionReviewAnswer {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: AdmissionResponse;
}

/** What became of one request body: an answer with the decision behind it, or the sentence for a 400. */
export type ReviewOutcome =
  | {
      readonly ok: true;
      readonly answer: AdmissionReviewAnswer;
      readonly decision: Verdict;
      readonly request: ReviewedRequest;
      /** The fault behind `internal-error`, for the log. */
      readonly fault?: unknown;
    }
  | { readonly ok: false; readonly problem: string };

/** The facts of a request that a log line or a metric may carry. */
export interface ReviewedRequest {
  readonly uid: string;
  readonly dryRun: boolean;
  readonly namespace: string;
  /** The object's name, or its generateName. */
  readonly name: string;
}

/** Which webhook path was called: one that may patch pods, or `warn`, which only tells the authors of workload objects. */
export type ReviewPath = AllowedStrategy | 'warn';

const UID = /^[\w.:-]{1,128}$/;

/**
 * Answers one AdmissionReview that was decoded from JSON. Whenever a usable uid was read the answer allows the request,
 * whatever else is wrong with it; it never throws. Pods are judged by `judgePod`, for callers that know the verdict.
 */
export function review(body: unknown, path: ReviewPath, settings: Settings, judgePod = judge): ReviewOutcome {
  if (!isObject(body) || text(body, 'kind') !== 'AdmissionReview')
    return { ok: false, problem: 'not an AdmissionReview' };
  if (text(body, 'apiVersion') !== 'admission.k8s.io/v1') {
    return { ok: false, problem: 'only admission.k8s.io/v1 is supported' };
  }
  const request = get(body, 'request');
  const uid = text(request, 'uid') ?? '';
  if (!isObject(request)) return { ok: false, problem: 'the AdmissionReview has no request' };
  if (!UID.test(uid)) return { ok: false, problem: 'request.uid is missing or not a uid' };
  const reviewed = reviewedRequest(request, uid);
  try {
    const decision = verdictOn(request, path, settings, judgePod);
    return { ok: true, answer: answer(uid, decision), decision, request: reviewed };
  } catch (fault) {
    const decision = verdictOf(skip('internal-error', { warnings: [warning(REASONS['internal-error'])] }));
    return { ok: true, answer: answer(uid, decision), decision, request: reviewed, fault };
  }
}

function reviewedRequest(request: JsonObject, uid: string): ReviewedRequest {
  const metadata = get(get(request, 'object'), 'metadata');
  return {
    uid,
    dryRun: get(request, 'dryRun') === true,
    namespace: text(request, 'namespace') ?? '',
    name: text(request, 'name') || text(metadata, 'name') || text(metadata, 'generateName') || '',
  };
}

function verdictOn(request: JsonObject, path: ReviewPath, settings: Settings, judgePod: typeof judge): Verdict {
  if (path === 'warn') return verdictOnTemplate(request, settings);
  const kind = get(request, 'kind');
  const isPod = (text(kind, 'group') ?? '') === '' && text(kind, 'version') === 'v1' && text(kind, 'kind') === 'Pod';
  if (!isPod || text(request, 'subResource')) return verdictOf(skip('not-a-pod'));
  if (text(request, 'operation') !== 'CREATE') return verdictOf(skip('not-create'));
  return judgePod(get(request, 'object'), path, settings);
}

// A workload object is never patched: that would be drift to a GitOps tool. Its author reads what its pods will get.
function verdictOnTemplate(request: JsonObject, settings: Settings): Verdict {
  const kind = text(get(request, 'kind'), 'kind') ?? '';
  const template = kind === 'Pod' ? undefined : podAt(get(request, 'object'));
  if (!template || text(request, 'subResource')) return verdictOf(skip('not-a-pod'));
  if (!['CREATE', 'UPDATE'].includes(text(request, 'operation') ?? '')) return verdictOf(skip('not-create'));
  return verdictOf(evaluate(template.pod, { strategy: 'init-container', ownerKind: kind }, settings));
}

function answer(uid: string, verdict: Verdict): AdmissionReviewAnswer {
  const { patch, ours, workload } = verdict;
  // Repeated on the second call, warnings would show twice and audit annotations could not be overwritten.
  const warnings = ours ? [] : verdict.warnings;
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: true,
      ...(patch !== undefined && { patchType: 'JSONPatch', patch }),
      ...(warnings.length > 0 && { warnings }),
      ...(!ours && workload !== null && { auditAnnotations: auditAnnotations(verdict, workload) }),
    },
  };
}

function auditAnnotations({ decision, reason, value, strategy }: Verdict, workload: string): Record<string, string> {
  return { decision, reason, workload, value: String(value ?? 'none'), strategy: strategy ?? 'none' };
}
