{{- /*
The namespaces that every entry sees: never the system's and the release's own, nor those that opted out, and of the
rest what the user selects. Takes the root.
*/}}
{{- define "max-map-count-webhook.namespaceExpressions" -}}
{{- $own := .Values.webhook.namespaceSelector | default dict }}
- key: kubernetes.io/metadata.name
  operator: NotIn
  values:
    {{- list "kube-system" "kube-node-lease" "kube-public" .Release.Namespace | uniq | toYaml | nindent 4 }}
- key: max-map-count.io/inject
  operator: NotIn
  values:
    - disabled
{{- if eq .Values.namespaces.mode "optIn" }}
- key: max-map-count.io/inject
  operator: In
  values:
    - enabled
{{- else if eq .Values.namespaces.mode "list" }}
{{- if not .Values.namespaces.names }}
{{- fail "namespaces.names: name at least one namespace (namespaces.mode is list)" }}
{{- end }}
- key: kubernetes.io/metadata.name
  operator: In
  values:
    {{- .Values.namespaces.names | toYaml | nindent 4 }}
{{- end }}
{{- with $own.matchExpressions }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* The pods that the user selects, without what selects nothing. Takes the root. */}}
{{- define "max-map-count-webhook.objectSelector" -}}
{{- $selector := dict }}
{{- range $key, $value := .Values.webhook.objectSelector }}
{{- if $value }}{{ $_ := set $selector $key $value }}{{ end }}
{{- end }}
{{- toYaml $selector }}
{{- end }}

{{- /*
A configuration without its entries. Takes a dict: root and name. The leaf's Secret holds the CA that signed this very
leaf, hence the Certificate that cert-manager injects from; the CA's own Secret may already hold the next one.
*/}}
{{- define "max-map-count-webhook.configuration" -}}
{{- $annotations := deepCopy (default dict .root.Values.webhook.annotations) }}
{{- if eq .root.Values.tls.mode "certManager" }}
{{- $leaf := printf "%s/%s" .root.Release.Namespace (include "max-map-count-webhook.fullname" .root) }}
{{- $_ := set $annotations "cert-manager.io/inject-ca-from" $leaf }}
{{- end }}
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: {{ .name }}
  labels:
    {{- include "max-map-count-webhook.labels" .root | nindent 4 }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{- /*
What all entries have in common. Takes a dict: root, name (of the entry), path, caBundle (base64, empty when
cert-manager fills it in) and enforce (an expression on the namespace's Pod Security level). API defaults are spelled
out, so that what is stored equals what is rendered. Names are for ever: the CA injector of cert-manager 1.21 and newer
co-owns each entry, so that under server-side apply an entry that is renamed or left out stays behind as a stump, and
the API server refuses the whole upgrade. Whatever the values say, a configuration has the same entries.
*/}}
{{- define "max-map-count-webhook.entryBase" -}}
- name: {{ .name }}.max-map-count.io
  clientConfig:
    service:
      name: {{ include "max-map-count-webhook.fullname" .root }}
      namespace: {{ .root.Release.Namespace }}
      path: {{ .path }}
      port: 443
    {{- with .caBundle }}
    caBundle: {{ . }}
    {{- end }}
  timeoutSeconds: {{ .root.Values.webhook.timeoutSeconds }}
  matchPolicy: Equivalent
  sideEffects: None
  admissionReviewVersions:
    - v1
  namespaceSelector:
    matchExpressions:
      {{- include "max-map-count-webhook.namespaceExpressions" .root | trim | nindent 6 }}
      - {{ .enforce | toYaml | nindent 8 | trim }}
    {{- with (.root.Values.webhook.namespaceSelector | default dict).matchLabels }}
    matchLabels:
      {{- toYaml . | nindent 6 }}
    {{- end }}
{{- end }}

{{- /* An entry for pods. Takes the dict of entryBase with strategy in the place of path. */}}
{{- define "max-map-count-webhook.podEntry" -}}
{{- $webhook := .root.Values.webhook }}
{{ include "max-map-count-webhook.entryBase" (merge (dict "path" (print "/mutate/" .strategy)) .) | trim }}
  objectSelector:
    {{- include "max-map-count-webhook.objectSelector" .root | nindent 4 }}
  rules:
    - operations:
        - CREATE
      apiGroups:
        - ""
      apiVersions:
        - v1
      resources:
        - pods
      scope: Namespaced
  failurePolicy: {{ $webhook.failurePolicy }}
  reinvocationPolicy: {{ $webhook.reinvocationPolicy }}
  matchConditions:
    # False once the pod carries our patch, which spares the second call. A container of our name alone says nothing:
    # what it does is for the server to judge, and to warn about.
    - name: not-yet-injected
      expression: >-
        !(has(object.metadata.annotations) && 'max-map-count.io/applied' in object.metadata.annotations &&
        has(object.spec.initContainers) && object.spec.initContainers.exists(c, c.name == 'max-map-count'))
    - name: not-a-mirror-pod
      expression: >-
        !(has(object.metadata.annotations) && 'kubernetes.io/config.mirror' in object.metadata.annotations)
    {{- if $webhook.prefilter }}
    {{- $prefilter := include "max-map-count-webhook.prefilter" .root | fromYaml }}
    {{- if not $prefilter.problem }}
    - name: {{ $prefilter.name }}
      expression: |-
        {{- $prefilter.expression | nindent 8 }}
    {{- end }}
    {{- end }}
    {{- with $webhook.matchConditions }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{- /* The entry that only warns, for objects that make pods. Takes the dict of entryBase without name and path. */}}
{{- define "max-map-count-webhook.warnEntry" -}}
{{ include "max-map-count-webhook.entryBase" (merge (dict "name" "warn" "path" "/warn") .) | trim }}
  objectSelector: {}
  rules:
    - operations:
        - CREATE
        - UPDATE
      apiGroups:
        - apps
      apiVersions:
        - v1
      resources:
        - deployments
        - statefulsets
        - daemonsets
      scope: Namespaced
    - operations:
        - CREATE
        - UPDATE
      apiGroups:
        - batch
      apiVersions:
        - v1
      resources:
        - jobs
        - cronjobs
      scope: Namespaced
  # Advice must never be the reason why a Deployment is refused.
  failurePolicy: Ignore
  reinvocationPolicy: Never
  matchConditions:
    # What a controller makes was read by its author elsewhere: the Jobs of a CronJob, for example.
    - name: written-by-its-author
      expression: >-
        !has(object.metadata.ownerReferences) || object.metadata.ownerReferences.size() == 0
{{- end }}
