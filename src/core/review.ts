import type { AllowedStrategy, Decision, PatchDecision, SkipDecision } from './decision.ts';
import { skip } from './decision.ts';
import { evaluate } from './evaluate.ts';
import { get, isObject, type JsonObject, text } from './json.ts';
import { patchText } from './patch.ts';
import { podAt } from './pod-template.ts';
import { REASONS } from './reasons.ts';
import type { Settings } from './settings.ts';
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
      readonly decision: Decision;
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
 * whatever else is wrong with it; it never throws.
 */
export function review(body: unknown, path: ReviewPath, settings: Settings): ReviewOutcome {
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
    const { decision, patch } = decide(request, path, settings);
    return { ok: true, answer: answer(uid, decision, patch), decision, request: reviewed };
  } catch (fault) {
    const decision = skip('internal-error', {
      warnings: [warning(REASONS['internal-error'])],
    });
    return { ok: true, answer: answer(uid, decision, undefined), decision, request: reviewed, fault };
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

function decide(request: JsonObject, path: ReviewPath, settings: Settings): { decision: Decision; patch?: string } {
  if (path === 'warn') return { decision: decideOnTemplate(request, settings) };
  const kind = get(request, 'kind');
  const isPod = (text(kind, 'group') ?? '') === '' && text(kind, 'version') === 'v1' && text(kind, 'kind') === 'Pod';
  if (!isPod || text(request, 'subResource')) return { decision: skip('not-a-pod') };
  if (text(request, 'operation') !== 'CREATE') return { decision: skip('not-create') };
  const pod = get(request, 'object');
  const decision = evaluate(pod, { strategy: path }, settings);
  return decision.decision === 'patch' ? { decision, patch: btoa(patchText(pod, decision, settings)) } : { decision };
}

// A workload object is never patched: that would be drift to a GitOps tool. Its author reads what its pods will get.
function decideOnTemplate(request: JsonObject, settings: Settings): Decision {
  const kind = text(get(request, 'kind'), 'kind') ?? '';
  const template = kind === 'Pod' ? undefined : podAt(get(request, 'object'));
  if (!template || text(request, 'subResource')) return skip('not-a-pod');
  if (!['CREATE', 'UPDATE'].includes(text(request, 'operation') ?? '')) return skip('not-create');
  return evaluate(template.pod, { strategy: 'init-container', ownerKind: kind }, settings);
}

function answer(uid: string, decision: Decision, patch: string | undefined): AdmissionReviewAnswer {
  // Repeated on the second call, warnings would show twice and audit annotations could not be overwritten.
  const silent = decision.decision === 'skip' && decision.ours;
  const warnings = silent ? [] : decision.warnings;
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: true,
      ...(patch !== undefined && { patchType: 'JSONPatch', patch }),
      ...(warnings.length > 0 && { warnings }),
      ...(!silent && decision.workload !== null && { auditAnnotations: auditAnnotations(decision, decision.workload) }),
    },
  };
}

function auditAnnotations(decision: PatchDecision | SkipDecision, workload: string): Record<string, string> {
  return {
    decision: decision.decision,
    reason: decision.reason,
    workload,
    value: String(decision.value ?? 'none'),
    strategy: decision.strategy ?? 'none',
  };
}
