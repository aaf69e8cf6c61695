{{- define "max-map-count-webhook.preparedNodesName" -}}
{{- printf "%s-prepared-nodes" (include "max-map-count-webhook.fullname" . | trunc 48 | trimSuffix "-") }}
{{- end }}

{{- /* Not the webhook's own: its Service and PodDisruptionBudget must never select these pods. */}}
{{- define "max-map-count-webhook.preparedNodesSelectorLabels" -}}
app.kubernetes.io/name: {{ include "max-map-count-webhook.name" . | trunc 48 | trimSuffix "-" }}-prepared-nodes
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "max-map-count-webhook.nodeLabel" -}}
{{- .Values.config.nodeAffinity.label }}
{{- end }}

{{- /* What nodes are raised to: the number the user names, else the highest that a workload in force asks for. */}}
{{- define "max-map-count-webhook.preparedValue" -}}
{{- $value := int64 .Values.preparedNodes.value }}
{{- if eq $value 0 }}
{{- $own := list }}
{{- range .Values.config.workloads }}
{{- $own = append $own .name }}
{{- end }}
{{- $rows := .Values.config.workloads }}
{{- range .Files.Get "files/workloads.json" | fromJsonArray }}
{{- if not (has .name (concat $own $.Values.config.disabledWorkloads)) }}
{{- $rows = append $rows (dict "required" .required "recommended" (dict "value" .recommended)) }}
{{- end }}
{{- end }}
{{- range $rows }}
{{- $value = max $value (int64 .required) }}
{{- if eq $.Values.config.level "recommended" }}
{{- $value = max $value (dig "recommended" "value" 0 . | int64) }}
{{- end }}
{{- end }}
{{- if eq $value 0 }}
{{- fail "preparedNodes.value: say what to raise nodes to, for no workload is left to ask for a value (config.disabledWorkloads)" }}
{{- end }}
{{- end }}
{{- $value }}
{{- end }}

{{- /* One of the chart's shell scripts with the value in it. Takes a dict: root and file. */}}
{{- define "max-map-count-webhook.preparedScript" -}}
{{- .root.Files.Get (print "files/" .file) | trimSuffix "\n" | replace "@VALUE@" (include "max-map-count-webhook.preparedValue" .root) }}
{{- end }}

{{- /* A container that raises the value: the administrator's image, privileged, without the token. */}}
{{- define "max-map-count-webhook.preparedPrivileged" -}}
image: {{ .Values.config.initContainer.image }}
imagePullPolicy: {{ .Values.config.initContainer.imagePullPolicy }}
{{- with .Values.preparedNodes.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  privileged: true
  runAsUser: 0
  runAsNonRoot: false
  readOnlyRootFilesystem: true
# The script's last line then shows in `kubectl describe pod` when it fails.
terminationMessagePolicy: FallbackToLogsOnError
{{- end }}

{{- /* The container that labels the node. Takes a dict: root, and args beside the label. */}}
{{- define "max-map-count-webhook.preparedAgent" -}}
name: label
image: {{ include "max-map-count-webhook.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
command:
  - /nodejs/bin/node
  - /app/node-agent.js
args:
  - --label
  - {{ include "max-map-count-webhook.nodeLabel" .root }}
  {{- with .args }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
env:
  - name: NODE_NAME
    valueFrom:
      fieldRef:
        apiVersion: v1
        fieldPath: spec.nodeName
{{- with .root.Values.preparedNodes.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop:
      - ALL
  seccompProfile:
    type: RuntimeDefault
terminationMessagePolicy: FallbackToLogsOnError
volumeMounts:
  - name: token
    mountPath: /var/run/secrets/kubernetes.io/serviceaccount
    readOnly: true
{{- end }}
