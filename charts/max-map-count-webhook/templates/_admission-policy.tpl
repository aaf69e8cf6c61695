{{- /* The version of the API that has the kind. */}}
{{- define "max-map-count-webhook.policyVersion" -}}
{{- $version := .Capabilities.KubeVersion.Version }}
{{- if semverCompare ">=1.36.0-0" $version }}v1
{{- else if semverCompare ">=1.34.0-0" $version }}v1beta1
{{- else }}
{{- fail (printf "engine: admissionPolicy needs Kubernetes 1.34 (with the beta API switched on) or 1.36, and this is %s; use engine: webhook" $version) }}
{{- end }}
{{- end }}

{{- /* Says which values a policy cannot carry, rather than to leave them out without a word. */}}
{{- define "max-map-count-webhook.checkedPolicy" -}}
{{- if ne .Values.config.mode "enforce" }}
{{- fail "config.mode: a policy cannot observe, for it neither logs nor counts; use engine: webhook for that" }}
{{- end }}
{{- if .Values.config.workloads }}
{{- fail "config.workloads: this chart cannot make expressions of rows of your own; print the policy with kubectl max-map-count render admission-policy --config FILE, or use engine: webhook" }}
{{- end }}
{{- if .Values.webhook.warnOnWorkloads }}
{{- fail "webhook.warnOnWorkloads: a policy cannot warn; use engine: webhook for that" }}
{{- end }}
{{- end }}

{{- /* The administrator's word, as constants that the other expressions name. */}}
{{- define "max-map-count-webhook.policySettings" -}}
{{- $config := .Values.config }}
{{- $inRestricted := ternary "node-affinity" .Values.podSecurity.restrictedNamespaces .Values.preparedNodes.enabled }}
{{- $settings := list
  (list "clusterDefault" (include "max-map-count-webhook.clusterDefault" .))
  (list "privilegedNamespaces" .Values.podSecurity.privilegedNamespaces)
  (list "restrictedNamespaces" $inRestricted)
  (list "recommended" (eq $config.level "recommended"))
  (list "guaranteed" (int $config.nodes.guaranteed))
  (list "nodeLabel" $config.nodeAffinity.label)
  (list "nodeAffinityMode" $config.nodeAffinity.mode)
  (list "image" $config.initContainer.image)
  (list "imagePullPolicy" $config.initContainer.imagePullPolicy) }}
{{- range $settings }}
- name: {{ index . 0 }}
  expression: {{ index . 1 | toJson | quote }}
{{- end }}
{{- end }}
