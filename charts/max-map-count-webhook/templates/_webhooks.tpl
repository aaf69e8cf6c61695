{{- /*
One entry of the MutatingWebhookConfiguration. Takes a dict: root, strategy (the path of the server and the entry's
name), enforce (the expression on the namespace's Pod Security level) and caBundle (base64, empty when cert-manager
fills it in). API defaults are spelled out, so that what is stored equals what is rendered.
*/}}
{{- define "max-map-count-webhook.entry" -}}
{{- $own := .root.Values.webhook.namespaceSelector | default dict }}
- name: {{ .strategy }}.max-map-count.io
  clientConfig:
    service:
      name: {{ include "max-map-count-webhook.fullname" .root }}
      namespace: {{ .root.Release.Namespace }}
      path: /mutate/{{ .strategy }}
      port: 443
    {{- with .caBundle }}
    caBundle: {{ . }}
    {{- end }}
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
  failurePolicy: {{ .root.Values.webhook.failurePolicy }}
  timeoutSeconds: {{ .root.Values.webhook.timeoutSeconds }}
  matchPolicy: Equivalent
  reinvocationPolicy: IfNeeded
  sideEffects: None
  admissionReviewVersions:
    - v1
  namespaceSelector:
    matchExpressions:
      - key: kubernetes.io/metadata.name
        operator: NotIn
        values:
          {{- list "kube-system" "kube-node-lease" "kube-public" .root.Release.Namespace | uniq | toYaml | nindent 10 }}
      - key: max-map-count.io/inject
        operator: NotIn
        values:
          - disabled
      - {{ .enforce | toYaml | nindent 8 | trim }}
      {{- with $own.matchExpressions }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- with $own.matchLabels }}
    matchLabels:
      {{- toYaml . | nindent 6 }}
    {{- end }}
  objectSelector: {}
  matchConditions:
    # False once the pod carries our container, which spares the second call.
    - name: not-yet-injected
      expression: >-
        !(has(object.spec.initContainers) && object.spec.initContainers.exists(c, c.name == 'max-map-count')) &&
        !(has(object.spec.containers) && object.spec.containers != null &&
        object.spec.containers.exists(c, c.name == 'max-map-count'))
    - name: not-a-mirror-pod
      expression: >-
        !(has(object.metadata.annotations) && 'kubernetes.io/config.mirror' in object.metadata.annotations)
{{- end }}
